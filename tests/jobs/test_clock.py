"""One clock for all processes: the store's, counted on by a clock that nobody sets."""

import logging
from collections.abc import Iterator

import pytest

from rooms.store import connect
from rooms.times import HOUR, MINUTE, SECOND, Instant
from signalling.clock import SLEW_MS_A_MS, StoreClock, wall
from signalling.jobs.health import Health
from signalling.metrics import Metrics
from tests.support.redis_server import RedisServer, redis_server

START = 1_790_000_000 * SECOND


class World:
    """A machine and a store, each with a clock of its own."""

    def __init__(self) -> None:
        self.moment = 7 * HOUR
        self.ahead = 0
        self.store_ahead = 0
        self.takes = 2
        self.late = 1
        """Of the milliseconds that a question takes, those before it is answered."""
        self.clock = StoreClock(lambda: START + self.moment + self.ahead, lambda: self.moment)
        self.steps: list[int] = []
        self.clock.followers.append(self.steps.append)

    @property
    def true(self) -> Instant:
        return START + self.moment + self.store_ahead

    async def time(self) -> Instant:
        self.moment += self.late
        answer = self.true
        self.moment += self.takes - self.late
        return answer

    async def measure(self) -> None:
        await self.clock.measure(self.time)

    async def run(self, seconds: int) -> None:
        """A second and a beat, again and again; time never goes back."""
        for _ in range(seconds):
            before = self.clock()
            self.moment += SECOND
            await self.measure()
            assert self.clock() >= before

    @property
    def off(self) -> int:
        return self.clock() - self.true


@pytest.mark.parametrize("ahead", [20 * SECOND, 40 * SECOND, -40 * SECOND, HOUR, -3 * HOUR])
async def test_it_tells_the_store_s_time_whatever_the_machine_s_is(ahead: int) -> None:
    world = World()
    world.ahead = ahead
    world.clock = StoreClock(lambda: START + world.moment + world.ahead, lambda: world.moment)
    assert world.off == ahead, "nobody was asked yet"
    assert world.clock.ahead == 0, "which is not known yet"
    await world.clock.start(world.time)
    assert abs(world.off) <= 2
    assert abs(world.clock.ahead - ahead) <= 2


@pytest.mark.parametrize("jump", [HOUR, -HOUR, 30 * SECOND])
async def test_a_machine_s_clock_that_is_set_while_running_changes_nothing(jump: int) -> None:
    world = World()
    await world.clock.start(world.time)
    world.ahead = jump
    assert abs(world.off) <= 2
    await world.run(60)
    assert abs(world.off) <= 2
    assert world.steps == []


async def test_a_slow_answer_does_not_spoil_a_quick_one() -> None:
    world = World()
    await world.clock.start(world.time)
    for world.late in (0, 1_400):
        world.takes = 1_400
        await world.run(60)
        assert abs(world.off) <= 20


async def test_the_error_is_half_of_what_the_question_took() -> None:
    for late in (0, 50, 100):
        world = World()
        world.takes, world.late = 100, late
        await world.clock.start(world.time)
        assert abs(world.off) <= 51


async def test_a_small_correction_is_slewed_and_never_goes_back() -> None:
    for ahead in (900, -900):
        world = World()
        await world.clock.start(world.time)
        world.store_ahead = ahead
        await world.measure()
        last, began = world.clock(), world.moment
        assert abs(world.off + ahead) <= 2, "not at once"
        while world.moment < began + SLEW_MS_A_MS * 1_000:
            world.moment += 7
            assert 0 <= world.clock() - last <= 8
            last = world.clock()
        assert abs(world.off) <= 2
        assert world.steps == []


@pytest.mark.parametrize("jump", [HOUR, -HOUR, 90 * SECOND, -2 * SECOND])
async def test_the_store_s_own_clock_is_followed_at_the_next_beat(jump: int) -> None:
    world = World()
    await world.clock.start(world.time)
    world.store_ahead = jump
    world.moment += SECOND
    await world.measure()
    assert abs(world.off) <= 2
    [step] = world.steps
    assert abs(step - jump) <= 2


async def test_a_machine_that_slept_is_set_by_the_first_answer() -> None:
    world = World()
    await world.clock.start(world.time)
    world.store_ahead = 10 * MINUTE  # the monotonic clock stood still
    await world.measure()
    assert abs(world.off) <= 2


async def test_a_drifting_quartz_is_kept_up_with() -> None:
    world = World()
    await world.clock.start(world.time)
    for minute in range(120):
        world.store_ahead = minute * 6  # 100 ppm
        await world.run(60)
        assert abs(world.off) <= 20
    assert world.steps == []


async def test_it_is_told_of_once_for_each_change(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "signalling.clock")
    world = World()
    await world.clock.start(world.time)
    for ahead, lines in ((1_900, 0), (20_000, 1), (20_500, 1), (40_000, 2), (-40_000, 3), (0, 4), (0, 4)):
        world.ahead = ahead
        for _ in range(3):
            assert abs(world.clock.tell() - ahead) <= 2
        assert len(caplog.records) == lines, ahead
        assert world.clock.is_far == (abs(ahead) > 30 * SECOND)
    assert "20.0 s ahead of" in caplog.records[0].message
    assert "40.0 s behind" in caplog.records[2].message


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server(append=True) as running:
        yield running


@pytest.mark.parametrize(
    ("ahead", "why"), [(0, None), (20_000, None), (40_000, "clock_offset"), (-HOUR, "clock_offset")]
)
async def test_a_machine_too_far_off_is_not_ready_but_works(
    redis: RedisServer, ahead: int, why: str | None
) -> None:
    store, metrics = connect(redis.url), Metrics()
    clock = StoreClock(lambda: wall() + ahead)
    health = Health(store, metrics, clock)
    assert health.not_ready_reason() == "backend_unavailable"
    await health.beat()
    assert (health.not_ready_reason(), health.beats) == (why, True)
    assert metrics.clock_offset._value.get() == pytest.approx(ahead / SECOND, abs=1)
    assert await store.outages(0, START * 2) == []
    await store.close()


async def test_no_lease_expires_just_after_the_store_s_clock_was_set(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, clock = connect(redis.url), StoreClock()
    health = Health(store, Metrics(), clock)
    await health.beat()
    time = store.time

    async def an_hour_later() -> Instant:
        return await time() + HOUR

    monkeypatch.setattr(store, "time", an_hour_later)
    await clock.measure(store.time)
    assert (health.healthy_for(), health.beats) == (0, False), "before the others of this process go on"
    await health.beat()
    assert health.beats
    assert health.healthy_for() < MINUTE
    await store.close()
