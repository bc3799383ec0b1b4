"""Signatures of webhooks: Standard Webhooks 1.0.0, symmetric (F6)."""

import base64
import datetime as dt
import secrets as random
from collections.abc import Sequence

from standardwebhooks import Webhook

from rooms.times import SECOND, Instant

SECRET_BYTES = 32
"""Of 24 to 64 that the specification allows: as long as the digest, so that guessing it is no shorter way."""


def new_secret() -> str:
    """A receiver's secret, to be shown to it: `whsec_` and base64."""
    return "whsec_" + base64.b64encode(random.token_bytes(SECRET_BYTES)).decode()


def signed(id: str, at: Instant, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The three headers of one attempt. One signature for each secret: while a receiver changes its secret,
    either will do. Raises `ValueError` for a secret that is none, and where there is none.
    """
    if not secrets:
        raise ValueError("a webhook is always signed")
    seconds = at // SECOND
    when, text = dt.datetime.fromtimestamp(seconds, dt.UTC), body.decode()
    return {
        "webhook-id": id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(Webhook(each).sign(id, when, text) for each in secrets),
    }
