"""The floor of an API call: aiohttp and uvloop reading a JSON body, one Redis round trip, a JSON answer."""

import argparse

import msgspec
import uvloop
from aiohttp import web
from redis.asyncio import Redis

REDIS = web.AppKey("redis", Redis)


async def put(request: web.Request) -> web.Response:
    """Keep the body; answer it."""
    body = msgspec.json.decode(await request.read())
    await request.app[REDIS].set(f"bare:{request.match_info['id']}", msgspec.json.encode(body))
    return web.Response(body=msgspec.json.encode(body), content_type="application/json")


def build(url: str) -> web.Application:
    """The whole application."""
    app = web.Application()
    app[REDIS] = Redis.from_url(url)
    app.router.add_put("/v1/appointments/{id}", put)
    return app


def main() -> None:
    """Serve on 127.0.0.1 until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bare_http", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--redis", required=True)
    given = parser.parse_args()
    web.run_app(
        build(given.redis),
        host="127.0.0.1",
        port=given.port,
        loop=uvloop.new_event_loop(),
        access_log=None,
        print=None,
        shutdown_timeout=1,
    )


if __name__ == "__main__":
    main()
