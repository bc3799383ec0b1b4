"""How many attempts at each webhook's receiver there may be at one time, and when one that hangs is backed
off from."""

import itertools
import logging

import pytest

from rooms.events import HookNo
from rooms.ids import ClinicId
from signalling.jobs.receivers import (
    ATTEMPTS_AT_ANSWERING,
    ATTEMPTS_AT_DOUBTED,
    ATTEMPTS_AT_ONE,
    EXPRESS_ATTEMPTS,
    HANGING_AFTER,
    RECEIVERS_REMEMBERED,
    UNPROVEN_ATTEMPTS,
    WEBHOOK_CHECKED_EVERY,
    ReceiverKey,
    Receivers,
)
from signalling.metrics import Metrics
from signalling.outbound.delivery_result import DeliveryResult, delivered, failed

KEY = (ClinicId("harbour"), HookNo("A" * 11))
TIMEOUT = failed("timeout")


class Watch:
    """Receivers by a clock of its own, in seconds."""

    def __init__(self) -> None:
        self.now, self.metrics = 1000.0, Metrics()
        self.receivers = Receivers(self.metrics, lambda: self.now)

    def tried(self, answered: DeliveryResult, seconds: float = 0.0, key: ReceiverKey = KEY) -> None:
        slot = self.receivers.begin(key)
        self.now += seconds
        self.receivers.judge(slot, answered)
        self.receivers.end(slot)

    def hang(self, times: int = UNPROVEN_ATTEMPTS) -> None:
        """Two hang, and it is backed off from."""
        for _ in range(times):
            self.tried(TIMEOUT, 15)

    @property
    def room(self) -> int:
        self.receivers.count()
        return self.receivers.room(KEY)

    @property
    def backing_off(self) -> float | None:
        self.receivers.count()
        return self.metrics.registry.get_sample_value("consultroom_webhooks_backing_off")


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_who_has_yet_to_answer_has_little_room_and_who_answers_more(watch: Watch) -> None:
    assert watch.room == UNPROVEN_ATTEMPTS
    assert watch.receivers.room(KEY, express=True) == UNPROVEN_ATTEMPTS
    watch.tried(failed("refused", 500))
    assert watch.room == ATTEMPTS_AT_ONE
    assert watch.receivers.room(KEY, express=True) == ATTEMPTS_AT_ONE + EXPRESS_ATTEMPTS
    slots = [watch.receivers.begin(KEY) for _ in range(ATTEMPTS_AT_ONE)]
    assert watch.room == 0
    assert watch.receivers.room(KEY, express=True) == EXPRESS_ATTEMPTS
    for each in slots:
        watch.receivers.end(each)
    assert watch.room == ATTEMPTS_AT_ONE


def test_one_that_answers_and_begins_to_hang_gets_no_more(watch: Watch) -> None:
    watch.tried(delivered(200))
    watch.receivers.begin(KEY)
    watch.now += HANGING_AFTER + 1
    assert watch.room == ATTEMPTS_AT_ONE - 1, "one slow answer holds up no other"
    watch.receivers.begin(KEY)
    watch.now += HANGING_AFTER + 1
    assert watch.room == 0


def test_one_that_hung_twice_is_backed_off_from_and_probed_by_one(
    watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    watch.hang(1)
    assert watch.room == UNPROVEN_ATTEMPTS
    watch.hang(1)
    assert watch.room == 0
    assert watch.backing_off == 1
    watch.now += 2.9
    assert watch.room == 0
    watch.now += 2.2
    assert watch.room == 1
    probe = watch.receivers.begin(KEY)
    assert watch.room == 0
    watch.now += 15
    watch.receivers.judge(probe, TIMEOUT)
    watch.receivers.end(probe)
    watch.now += 14.9
    assert watch.room == 0, "each time is longer"
    watch.now += 10.2
    watch.tried(failed("refused", 503))
    assert watch.room == ATTEMPTS_AT_ONE, "it answers, whatever it says"
    assert watch.backing_off == 0
    assert [each.getMessage() for each in caplog.records] == [
        f"webhook {KEY[1]} is backed off from, for it hung twice: timeout",
        f"webhook {KEY[1]} answers again",
    ]


def test_backing_off_is_never_longer_than_eight_minutes_and_some(watch: Watch) -> None:
    watch.hang(12)
    watch.now += 5 * 60 * (1 + 2 / 3) + 1
    assert watch.room == 1


def test_a_slow_failure_hangs_too_and_a_slow_success_does_not(watch: Watch) -> None:
    watch.tried(failed("unresolved"), HANGING_AFTER)
    watch.tried(failed("refused", 502), HANGING_AFTER)
    assert watch.room == 0
    watch.now += 10
    for _ in range(3):
        watch.tried(delivered(200), 10)
    assert watch.room == ATTEMPTS_AT_ONE


def test_what_a_receiver_asks_for_holds_for_all_that_waits_for_it(watch: Watch) -> None:
    watch.tried(failed("refused", 429, wait=20_000))
    assert watch.room == 0
    watch.now += 20.1
    assert watch.room == ATTEMPTS_AT_ONE
    watch.tried(failed("refused", 503, wait=10**9))
    watch.now += 3600.1
    assert watch.room == ATTEMPTS_AT_ONE, "an hour at most"
    watch.tried(failed("refused", 422, wait=20_000))
    assert watch.room == ATTEMPTS_AT_ONE, "which is about one message"


def test_fifty_that_hang_leave_the_others_their_room(watch: Watch) -> None:
    watch.tried(delivered(200))
    for number in itertools.count():
        key = (ClinicId(f"c{number}"), HookNo("B" * 11))
        room = watch.receivers.room(key)
        if not room:
            break
        for _ in range(room):
            watch.receivers.begin(key)
    assert number * UNPROVEN_ATTEMPTS == ATTEMPTS_AT_DOUBTED
    watch.now += 1
    assert watch.room == ATTEMPTS_AT_ONE
    for number in range(ATTEMPTS_AT_ANSWERING // ATTEMPTS_AT_ONE + 1):
        key = (ClinicId(f"w{number}"), HookNo("B" * 11))
        watch.tried(delivered(200), key=key)
        for _ in range(watch.receivers.room(key)):
            watch.receivers.begin(key)
    assert watch.room == 0
    assert watch.receivers.room(KEY, express=True) == ATTEMPTS_AT_ONE + EXPRESS_ATTEMPTS
    watch.now += HANGING_AFTER + 1
    assert watch.room == ATTEMPTS_AT_ONE, "what hangs is counted with those that hang"


def test_a_webhook_that_was_put_anew_is_another_receiver(watch: Watch) -> None:
    watch.receivers.seen(KEY, 1)
    watch.hang()
    assert watch.receivers.is_to_be_looked_at(KEY)
    watch.receivers.seen(KEY, 1)
    assert not watch.receivers.is_to_be_looked_at(KEY)
    assert watch.room == 0
    watch.receivers.seen(KEY, 2)
    assert watch.room == UNPROVEN_ATTEMPTS
    watch.now += WEBHOOK_CHECKED_EVERY
    assert watch.receivers.is_to_be_looked_at(KEY)


def test_who_is_not_heard_of_is_forgotten(watch: Watch) -> None:
    for number in range(RECEIVERS_REMEMBERED + 1):
        watch.tried(delivered(200), key=(ClinicId(f"c{number}"), HookNo("B" * 11)))
    watch.receivers.begin(KEY)
    watch.receivers.count()
    assert watch.room == UNPROVEN_ATTEMPTS - 1
