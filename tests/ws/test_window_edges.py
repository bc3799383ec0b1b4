"""Just before and after a window, to the millisecond (D2), on a server whose clock the test moves."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from rooms.times import MINUTE, SECOND, Instant, parse
from tests.http.clinic import Clock, Desk, open_desk, server_on
from tests.support.peer import Frame, connected
from tests.support.redis_server import redis_server

ORIGIN = "https://visit.example.org"


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    """A clinic with one appointment in half an hour, of half an hour."""
    clock = Clock()
    with redis_server() as redis:
        async with server_on(redis, clock) as server:
            made = await open_desk(server, clock)
            await made.booked()
            yield made


async def hello(desk: Desk, token: str, at: Instant) -> tuple[Frame, int | None]:
    """What a hello at this moment is answered, and the close code where it is refused."""
    desk.clock.now = at
    async with connected(desk.api.url, desk.api.session, origin=ORIGIN) as peer:
        answer = await peer.hello(token, move=True)
        return answer, await peer.closed() if answer["type"] == "error" else None


@pytest.mark.parametrize("person", ["patient", "practitioner"])
async def test_a_second_and_less_on_either_side(desk: Desk, person: str) -> None:
    issued = await desk.ok("POST", "/v1/appointments/a1/tokens", {"person": person})
    opens, closes = parse(issued["opens_at"]), parse(issued["closes_at"])
    assert closes - opens == (10 + 30 + 60) * MINUTE
    for early in (SECOND, 1):
        answer, close = await hello(desk, issued["token"], opens - early)
        assert (answer["code"], close) == ("too_early", 4010)
        assert parse(answer["opens_at"]) == opens
    for inside in (opens, closes - 1):
        answer, _ = await hello(desk, issued["token"], inside)
        assert answer["type"] == "welcome"
    for late in (0, 1, SECOND):
        answer, close = await hello(desk, issued["token"], closes + late)
        assert (answer["code"], close) == ("window_closed", 4503)
