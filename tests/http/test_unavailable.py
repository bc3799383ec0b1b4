"""Redis away: nothing is acknowledged, everything is said, and it heals by itself."""

from tests.http.clinic import Clock, open_desk, server_on
from tests.support.redis_server import redis_server


async def test_without_redis_calls_are_refused_and_later_work_again() -> None:
    with redis_server(append=True) as redis:
        clock = Clock()
        async with server_on(redis, clock) as server:
            desk = await open_desk(server, clock)
            redis.kill()
            reply = await desk.put("a1")
            assert (reply.status, reply.code) == (503, "backend_unavailable")
            assert 1 <= int(reply.headers["Retry-After"]) <= 2
            assert (await server.call("GET", "/healthz")).status == 200
            text = (await server.call("GET", "/metrics")).body.decode()
            assert 'consultroom_redis_errors_total{kind="http"} 1.0' in text
            redis.start()
            assert (await desk.put("a1")).status == 201
