"""Who comes second waits its turn, and not for ever."""

import asyncio
from contextvars import Context

import pytest

from rooms.errors import Contended, Unavailable
from rooms.ids import ClinicId
from rooms.ports import Conflict, Put, RetryTicket
from rooms.store import RedisStore, retry_queue
from rooms.store.retry_queue import RetryQueue
from tests.store.build import a_clinic, a_practitioner


async def test_first_come_first_served_one_at_a_time() -> None:
    places, order, inside = RetryQueue(), list[int](), 0

    async def one(number: int) -> None:
        nonlocal inside
        async with places.at("here"):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            order.append(number)
            inside -= 1

    await asyncio.gather(*(one(number) for number in range(20)))
    assert order == list(range(20))


async def test_elsewhere_nobody_waits_and_a_place_is_forgotten() -> None:
    places = RetryQueue()
    async with places.at("here"), asyncio.timeout(1):
        await asyncio.create_task(pass_by(places.at("there")), context=Context())
    assert len(places._locks) == 0


async def pass_by(retry: RetryTicket) -> None:
    async with retry:
        pass


async def test_a_command_within_a_command_waits_for_nobody() -> None:
    """Not for itself, nor for whoever waits for it."""
    places = RetryQueue()
    async with places.at("here"), asyncio.timeout(1):
        await pass_by(places.at("here"))
        others = asyncio.create_task(pass_by(places.at("here")), context=Context())
        await asyncio.sleep(0)
        assert not others.done()
    await others


async def test_whoever_fails_or_is_cancelled_holds_nobody_up() -> None:
    places = RetryQueue()
    with pytest.raises(Unavailable):
        async with places.at("here"):
            raise Unavailable
    async with places.at("here"):
        waits = asyncio.create_task(places.at("here").__aenter__(), context=Context())
        await asyncio.sleep(0)
        waits.cancel()
        await asyncio.gather(waits, return_exceptions=True)
    async with asyncio.timeout(1), places.at("here"):
        pass


async def test_too_long_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """503 `contended`, which is no fault of the store's."""
    monkeypatch.setattr(retry_queue, "RETRY_PATIENCE", 0.02)
    places = RetryQueue()
    async with places.at("here") as mine:
        assert mine is None
        with pytest.raises(Contended) as refused:
            await asyncio.create_task(places.at("here").__aenter__(), context=Context())
    assert (refused.value.code, refused.value.facts) == ("contended", {"retry_after": 1.0})
    again = places.at("here")
    async with again:
        # Two moments at most are shorter than this.
        await asyncio.sleep(0.02)
        with pytest.raises(Contended):
            await again.lost()


async def test_a_conflict_says_when_to_try_again(store: RedisStore, clinic: ClinicId) -> None:
    """Of two records in one hash each has its own turn."""
    here, there = a_practitioner("here"), a_practitioner("there")
    await store.commit(clinic, [Put(here), Put(there)])
    with pytest.raises(Conflict) as at_here:
        await store.commit(clinic, [Put(a_clinic(clinic)), Put(here)])
    with pytest.raises(Conflict) as at_there:
        await store.commit(clinic, [Put(there)])
    one, other = at_here.value.ticket, at_there.value.ticket
    assert one is not None
    assert other is not None
    async with asyncio.timeout(1), one:
        await asyncio.create_task(pass_by(other), context=Context())
