"""The floor: the least an aiohttp and uvloop server must do to pass frames between two people.

No token, no window, no Redis, no ledger, no replay buffer: what our server costs beyond this is what those
cost. A socket's first frame is `{"pair": "<name>"}`, answered `{"type": "joined"}`; every later text frame
goes to the pair's other socket.
"""

import argparse

import msgspec
import uvloop
from aiohttp import WSMsgType, web

FRAME_BYTES = 64 * 1024  # signalling/PROTOCOL.md: the same limit as ours


class Hello(msgspec.Struct, frozen=True):
    """The first frame: who belongs together."""

    pair: str


PAIRS = web.AppKey("pairs", dict[str, list[web.WebSocketResponse]])


async def relay(request: web.Request) -> web.WebSocketResponse:
    """One socket, from its upgrade to its close."""
    socket = web.WebSocketResponse(compress=False, max_msg_size=FRAME_BYTES)
    await socket.prepare(request)
    hello = msgspec.json.decode(await socket.receive_str(), type=Hello)
    pair = request.app[PAIRS].setdefault(hello.pair, [])
    pair.append(socket)
    await socket.send_str('{"type":"joined"}')
    try:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                for other in pair:
                    if other is not socket:
                        await other.send_str(message.data)
    finally:
        pair.remove(socket)
    return socket


def build() -> web.Application:
    """The whole application."""
    app = web.Application()
    app[PAIRS] = {}
    app.router.add_get("/ws", relay)
    return app


def main() -> None:
    """Serve on 127.0.0.1 until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bare", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    port: int = parser.parse_args().port
    loop = uvloop.new_event_loop()
    web.run_app(
        build(), host="127.0.0.1", port=port, loop=loop, access_log=None, print=None, shutdown_timeout=1
    )


if __name__ == "__main__":
    main()
