"""Who tried and could not is not absent: what of a refused hello is written down, and how often (F3 f, h)."""

import pytest

from rooms.access.tokens import SigningKey
from rooms.ids import ClinicId
from rooms.records import Appointment, Entry
from rooms.service.idempotency import Act
from rooms.service.live import attempts as module
from rooms.service.outcomes.automatic import Outcomes
from rooms.times import MINUTE, SECOND, Instant
from tests.service.live.scene import NEW_KEY, OLD_KEY, change, code, refusal, tries, with_keys
from tests.support.builders import at
from tests.support.desk import Desk


class Late:
    """Remembers what came after the close."""

    def __init__(self) -> None:
        self.tries: list[tuple[str, Entry]] = []

    async def __call__(self, clinic: ClinicId, appointment: Appointment, entry: Entry) -> None:
        self.tries.append((appointment.id, entry))


@pytest.fixture
def late(open_desk: Desk) -> Late:
    """What the desk tells of line h."""
    open_desk.visits.attempts.late_attempt = made = Late()
    return made


async def told(desk: Desk) -> list[tuple[str, str, Instant]]:
    return [(each.person, each.why, each.at) for each in await tries(desk, await desk.get("a"))]


@pytest.mark.parametrize(
    ("clock", "counts"), [("08:49:59.999", False), ("08:50", True), ("09:49:59.999", True)]
)
async def test_too_early_within_the_hour_before_opening(open_desk: Desk, clock: str, counts: bool) -> None:
    link = await open_desk.link("a")
    open_desk.now = at(clock)
    assert await code(open_desk.come(link)) == "too_early"
    assert await told(open_desk) == ([("patient", "too_early", at(clock))] if counts else [])


async def test_it_names_the_appointment(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    open_desk.now = at("09:30")
    await refusal(open_desk.come(link))
    (entry,) = await tries(open_desk, await open_desk.get("a"))
    assert (entry.kind, entry.appointment) == ("try", (await open_desk.get("a")).no)


async def test_a_page_that_keeps_trying_is_written_down_every_half_minute(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    for second in range(90):
        open_desk.now = at("09:30") + second * SECOND
        await refusal(open_desk.come(link))
    assert [when for _, _, when in await told(open_desk)] == [at("09:30"), at("09:30:30"), at("09:31")]


async def test_each_person_and_each_reason_for_itself(open_desk: Desk) -> None:
    patient, carer = await open_desk.link("a"), await open_desk.link("a", "guest:carer")
    open_desk.now = at("09:30")
    for link in (patient, carer, patient, carer):
        await refusal(open_desk.come(link))
    await change(open_desk, "a", revoked=(1, 2))
    for link in (patient, carer):
        await refusal(open_desk.come(link))
    assert [(person, why) for person, why, _ in await told(open_desk)] == [
        ("patient", "too_early"),
        ("guest:carer", "too_early"),
        ("patient", "token_revoked"),
        ("guest:carer", "token_revoked"),
    ]


async def test_a_practitioner_who_tries_proves_nothing_of_the_patient(open_desk: Desk) -> None:
    link = await open_desk.link("a", "practitioner")
    open_desk.now = at("09:30")
    assert await code(open_desk.come(link)) == "too_early"
    assert await told(open_desk) == []


async def test_what_is_not_confirmed_or_cancelled_awaits_nobody(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    await change(open_desk, "a", status="held")
    assert await code(open_desk.come(link)) == "not_confirmed"
    await change(open_desk, "a", status="confirmed")
    await open_desk.cancel("a")
    assert await code(open_desk.come(link)) == "cancelled"
    assert await told(open_desk) == []


async def test_a_room_link_is_for_no_appointment(open_desk: Desk) -> None:
    made = await open_desk.links.room_link(Act(open_desk.id, open_desk.now), "dr-lee", 12)
    visits = with_keys(open_desk, NEW_KEY, SigningKey(1, OLD_KEY, "retired"))
    await refusal(visits.hello(made.token, move=False, device="", now=open_desk.now))
    guest = await open_desk.visits.check_link(made.token, open_desk.now)
    await open_desk.visits.attempts.failed(guest, "device_check_failed", open_desk.now)
    assert await told(open_desk) == []


async def test_a_retired_keys_link_is_well_signed(open_desk: Desk) -> None:
    """A3, F3 f: whoever comes in time by an old mail's link is not absent."""
    link = await open_desk.link("a")
    visits = with_keys(open_desk, NEW_KEY, SigningKey(1, OLD_KEY, "retired"))
    assert await code(visits.hello(link, move=False, device="", now=open_desk.now)) == "token_revoked"
    assert await told(open_desk) == [("patient", "token_revoked", at("10:00"))]


async def test_a_revoked_keys_may_be_anybodys(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    visits = with_keys(open_desk, NEW_KEY, SigningKey(1, OLD_KEY, "revoked"))
    await refusal(visits.hello(link, move=False, device="", now=open_desk.now))
    assert await told(open_desk) == []


async def test_who_is_asked_to_move_here_is_here(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    await open_desk.come(link)
    assert await code(open_desk.come(link)) == "elsewhere"
    assert await told(open_desk) == []


# After the close


@pytest.mark.parametrize(("clock", "comes"), [("11:30", True), ("23:59:59.999", True), ("24:00", False)])
async def test_after_the_close_it_is_line_hs_for_the_rest_of_the_day(
    open_desk: Desk, late: Late, clock: str, comes: bool
) -> None:
    link = await open_desk.link("a")
    open_desk.now = at("00:00") + 24 * 60 * MINUTE if clock == "24:00" else at(clock)
    assert await code(open_desk.come(link)) == "window_closed"
    assert [(id, entry.why, entry.at) for id, entry in late.tries] == (
        [("a", "window_closed", open_desk.now)] if comes else []
    )
    assert await told(open_desk) == []


async def test_the_day_is_the_clinics(open_desk: Desk) -> None:
    """In Sydney 11:30 UTC is half past ten at night: by 13:00 UTC that day is over."""
    sydney = await Desk(open_desk.store).open(zone="Australia/Sydney")
    sydney.visits.attempts.late_attempt = late = Late()
    await sydney.book("a")
    link = await sydney.link("a")
    for clock in ("12:59:59.999", "13:00"):
        sydney.now = at(clock)
        await refusal(sydney.come(link))
    assert [entry.at for _, entry in late.tries] == [at("12:59:59.999")]


async def test_between_two_appointments_the_first_ones_link_is_too_late_for_it(
    open_desk: Desk, late: Late
) -> None:
    await open_desk.book("b", "15:00")
    link = await open_desk.link("a")
    open_desk.now = at("12:00")
    assert await code(open_desk.come(link)) == "too_early"
    assert [(id, entry.why) for id, entry in late.tries] == [("a", "too_early")]


async def test_a_missed_visit_becomes_too_late(open_desk: Desk) -> None:
    """With the real line h behind it."""
    outcomes = Outcomes(open_desk.store)
    open_desk.visits.attempts.late_attempt = outcomes.late_attempt
    link, booked = await open_desk.link("a"), await open_desk.get("a")
    open_desk.now = at("11:30")
    await open_desk.store.beat(open_desk.now)
    assert await outcomes.decide(open_desk.id, booked.no, open_desk.now)
    open_desk.now = at("11:45")
    await refusal(open_desk.come(link))
    decided = (await open_desk.get("a")).outcome
    assert decided is not None
    assert (decided.name, decided.revision, decided.flagged) == ("too_late", 2, True)
    assert await told(open_desk) == [("patient", "window_closed", at("11:45"))]


async def test_tries_of_long_ago_are_forgotten(open_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that runs for months keeps no list of everybody who was ever too early."""
    monkeypatch.setattr(module, "ATTEMPTS_REMEMBERED", 2)
    await open_desk.book("b", patient="bob", starts="10:30")
    links = [
        await open_desk.link(*whose) for whose in (("a", "patient"), ("a", "guest:carer"), ("b", "patient"))
    ]
    for link in links:
        open_desk.now = at("09:30") + links.index(link) * 20 * SECOND
        await refusal(open_desk.come(link))
    remembered = open_desk.visits.attempts._written
    assert sorted(remembered.values()) == [at("09:30:20"), at("09:30:40")]
