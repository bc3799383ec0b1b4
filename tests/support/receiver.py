"""A receiver of webhooks, as a clinic would write one: it verifies with the standardwebhooks library, takes
each message once in effect, and fails when told to.

    with Receiver() as receiver:
        receiver.trust(secret)
        receiver.answer(500, times=2)
        ... PUT /v1/webhooks/… {"url": receiver.url, …}
        receiver.received
"""

import asyncio
import base64
import json
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from tests.support.beside import Beside
from tests.support.certificate import Certificate, certificate
from tests.support.spool import Spool


class Received(msgspec.Struct, frozen=True):
    """One request that came, answered or not."""

    at: float
    """Seconds since 1970, at the receiver."""
    method: str
    target: str
    """Path and query."""
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    verified: bool
    """Whether a trusted secret signed it."""
    status: int
    """What was answered; 0 for nothing."""

    @property
    def id(self) -> str:
        """Its webhook-id."""
        return self.headers["webhook-id"]

    @property
    def event(self) -> Any:
        """Its body, read."""
        return json.loads(self.body)

    def verifies(self, secret: str) -> bool:
        """Whether this secret signed it."""
        return _verifies(secret, self.body, self.headers)


class Receiver(Beside):
    """One receiver at `url`; with `tls`, one of https whose `certificate` nobody knows."""

    module = "tests.support.receiver"

    def __init__(self, *, tls: bool = False) -> None:
        super().__init__()
        self._secrets = Spool(self.folder / "secrets")
        self.certificate: Certificate | None = certificate(self.folder) if tls else None

    @property
    def url(self) -> str:
        """Where webhooks go; any other path of it will do, too."""
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}/hook"

    @property
    def received(self) -> list[Received]:
        """Every request so far, the oldest first."""
        return [msgspec.convert(each, Received) for each in self._came.all()]

    @property
    def effects(self) -> list[Received]:
        """What took effect: verified requests answered with 2xx or whose answer was dropped, each webhook-id
        once."""
        taken = [each for each in self.received if each.verified and (each.status // 100 in (0, 2))]
        return list({each.id: each for each in reversed(taken)}.values())[::-1]

    async def wait_for(self, count: int, within: float = 10) -> list[Received]:
        """At least so many requests, or an `AssertionError`."""
        deadline = time.monotonic() + within
        while len(self.received) < count:
            assert time.monotonic() < deadline, f"{len(self.received)} of {count} requests came"
            await asyncio.sleep(0.02)
        return self.received

    def trust(self, *secrets: str) -> None:
        """Verify with these too."""
        self._secrets.add(*({"secret": each} for each in secrets))

    def answer(self, status: int, times: int = 1) -> None:
        """The next requests get this status, 200 thereafter. Orders are carried out one after another."""
        self._order(times, status=status)

    def drop(self, times: int = 1) -> None:
        """The next requests are taken, and the connection is cut instead of an answer."""
        self._order(times, status=0)

    def delay(self, seconds: float, times: int = 1, status: int = 200) -> None:
        """The next requests are answered late."""
        self._order(times, status=status, seconds=seconds)

    def redirect(self, to: str, times: int = 1, status: int = 307) -> None:
        """The next requests are sent elsewhere."""
        self._order(times, status=status, to=to)

    def ask_to_wait(self, text: str, times: int = 1, status: int = 503) -> None:
        """The next requests are refused with this `Retry-After`."""
        self._order(times, status=status, retry_after=text)

    def babble(self, size: int, times: int = 1, status: int = 200) -> None:
        """The next answers have a body of `size` bytes; -1 is one that never ends, a byte at a time."""
        self._order(times, status=status, size=size)


def _verifies(secret: str, body: bytes, headers: dict[str, str]) -> bool:
    try:
        Webhook(secret).verify(body, headers, json_parse=False)
    except WebhookVerificationError:
        return False
    return True


class _Serving:
    """The child's side."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._orders, self._came = Spool(folder / "orders"), Spool(folder / "came")

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Every request there is."""
        body = await request.read()
        order = self._orders.take() or {"status": 200}
        headers = {name.lower(): value for name, value in request.headers.items()}
        secrets = [each["secret"] for each in Spool(self._folder / "secrets").all()]
        self._came.add(
            {
                "at": time.time(),
                "method": request.method,
                "target": request.path_qs,
                "headers": headers,
                "body": base64.b64encode(body).decode(),
                "verified": any(_verifies(each, body, headers) for each in secrets),
                "status": order["status"],
            }
        )
        await asyncio.sleep(order.get("seconds", 0))
        return await _carried_out(order, request)


async def _carried_out(order: dict[str, Any], request: web.Request) -> web.StreamResponse:
    if order["status"] == 0 and request.transport is not None:
        request.transport.abort()
    response = web.StreamResponse(status=order["status"] or 500)
    response.set_cookie("session", "kept by a browser")
    if "to" in order:
        response.headers["Location"] = order["to"]
    if "retry_after" in order:
        response.headers["Retry-After"] = order["retry_after"]
    await response.prepare(request)
    size = order.get("size", 0)
    while size < 0:
        await response.write(b"x")
        await asyncio.sleep(0.05)
    await response.write(b"x" * size)
    await response.write_eof()
    return response


def main(options: dict[str, Any]) -> None:
    """Serve until SIGTERM."""
    folder = Path(options["folder"])
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/{any:.*}", _Serving(folder).take)
    made = Certificate(folder / "cert.pem", folder / "key.pem")
    web.run_app(
        app,
        host="127.0.0.1",
        port=options["port"],
        ssl_context=made.server() if made.cert.exists() else None,
        print=None,
        shutdown_timeout=0.1,
    )


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
