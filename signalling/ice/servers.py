"""ICE servers with time-limited TURN credentials (E2), by the TURN REST API convention that coturn's
`use-auth-secret` follows.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from rooms.times import SECOND, Instant, show

CREDENTIAL_SECONDS = 600
"""RELIABILITY 2: at most ten minutes, and bound to one session. coturn checks the time when an allocation
begins, so a running call outlives it. The longest that can be set (`CONSULTROOM_TURN_SECONDS`).
"""


class IceServers:
    """`urls` as in RTCIceServer; `secret` is coturn's `static-auth-secret`. Without urls a call uses the
    peers' own addresses.
    """

    def __init__(self, urls: Sequence[str], secret: str | None, seconds: int = CREDENTIAL_SECONDS) -> None:
        self.urls, self.secret, self.seconds = list(urls), secret, seconds

    @property
    def again_after(self) -> int:
        """Milliseconds after which they are given anew, in an open tab too: half their life (E2)."""
        return self.seconds * SECOND // 2

    @property
    def expire(self) -> bool:
        """Whether what is given out has to be given anew."""
        return bool(self.urls) and self.secret is not None

    def config(self, sid: str, now: Instant) -> dict[str, object]:
        """`{iceServers, expires_at?}` for one session. The user name holds an expiry and an opaque id, no
        person.
        """
        if not self.urls:
            return {"iceServers": []}
        if self.secret is None:
            return {"iceServers": [{"urls": self.urls}]}
        # By the store's clock: the relay judges by its own machine's, and two machines that are kept right
        # agree with each other better than with this one, should it be the one that is wrong.
        expires = now // SECOND + self.seconds
        opaque = hashlib.blake2s(sid.encode(), digest_size=9, key=self.secret.encode()[:32])
        user = f"{expires}:{base64.urlsafe_b64encode(opaque.digest()).decode()}"
        # SHA-1 is the convention's and coturn's, not ours to choose; it keys an HMAC, where it is not broken.
        mac = hmac.new(self.secret.encode(), user.encode(), hashlib.sha1).digest()
        server = {"urls": self.urls, "username": user, "credential": base64.b64encode(mac).decode()}
        return {"iceServers": [server], "expires_at": show(expires * SECOND)}
