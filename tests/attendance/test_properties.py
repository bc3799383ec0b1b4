"""Whatever the ledger says, nobody who was there is called absent (I2), and no minute is invented."""

import json
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from rooms.attendance.evidence import Observed, gather
from rooms.attendance.ledger import intervals, shared, together
from rooms.attendance.outcome import decide
from rooms.policy import CALL_GRACE, Policy
from rooms.records import Appointment, Entry
from rooms.stretches import difference, intersection, total, union
from rooms.times import HOUR, MINUTE
from tests.attendance.scenes import CARER, CHILD, A, B, C, appointment, at

ROOM_OF_THREE = (
    appointment(A, guests=[CHILD, CARER]),
    appointment(B, "10:30", "11:00", guests=[CARER]),
    appointment(C, "13:00", "13:20"),
)
PEOPLE = ("patient", "practitioner", "guest:child", "guest:carer")

entry = st.builds(
    Entry,
    kind=st.sampled_from(["open", "open", "close", "try", "failed", "done"]),
    at=st.integers(at("09:00") // 1_000, at("14:30") // 1_000).map(lambda seconds: seconds * 1_000),
    person=st.sampled_from(PEOPLE),
    sid=st.sampled_from(["1", "2"]),
    state=st.sampled_from(["waiting", "in_room", "in_room", "media"]),
    appointment=st.sampled_from([A, B, C, None]),
    why=st.sampled_from(["", "dropped", "too_early"]),
).map(lambda each: replace(each, sid=each.person + each.sid))

ledgers = st.lists(entry, max_size=24) | st.lists(entry, max_size=24).map(
    lambda entries: sorted(entries, key=lambda each: each.at)
)
subjects = st.sampled_from(ROOM_OF_THREE)
policies = st.builds(
    Policy, attended_seconds=st.sampled_from([0, 60, 600]), no_show_needs_practitioner=st.booleans()
)
outages = st.lists(st.tuples(st.just(at("10:00")), st.integers(at("10:00"), at("10:02"))), max_size=2)
links = st.sampled_from([(), ("revoked",)])
UNTIL = at("15:00")


def seen(subject: Appointment, ledger: list[Entry], **more: object) -> Observed:
    base = Observed(
        appointment=subject,
        siblings=tuple(other for other in ROOM_OF_THREE if other.no != subject.no),
        opens_at=subject.starts_at - 10 * MINUTE,
        closes_at=subject.ends_at + HOUR,
        ledger=ledger,
    )
    return replace(base, **more)


@given(subjects, ledgers, policies, outages, links)
def test_every_ledger_has_one_outcome_that_can_be_kept(
    subject: Appointment,
    ledger: list[Entry],
    policy: Policy,
    down: list[tuple[int, int]],
    failed: tuple[str, ...],
) -> None:
    evidence = gather(seen(subject, ledger, outages=down, link_failed=failed), UNTIL)
    verdict = decide(evidence, policy)
    assert verdict.status in ("completed", "no_show", "confirmed")
    assert verdict.review == (verdict.status == "confirmed")
    assert json.loads(json.dumps(evidence.facts()))["overlap_seconds"] == evidence.overlap / 1_000


@given(subjects, ledgers, policies)
def test_nobody_who_was_there_or_tried_is_absent(
    subject: Appointment, ledger: list[Entry], policy: Policy
) -> None:
    """I2, stated from the raw entries and not from the intervals made of them."""
    scene = seen(subject, ledger)
    standing = {"patient", *(f"guest:{guest.id}" for guest in subject.guests if guest.counts)}
    there = any(
        scene.opens_at <= each.at < scene.closes_at
        and each.person in standing
        and (each.kind in ("try", "failed") or (each.kind == "open" and each.state in ("waiting", "in_room")))
        for each in ledger
    )
    if there:
        assert decide(gather(scene, UNTIL), policy).status != "no_show"


@given(subjects, ledgers)
def test_time_together_is_never_more_than_either_was_there(subject: Appointment, ledger: list[Entry]) -> None:
    """Bridged gaps aside, both were in the room at every moment; a gap is below the grace."""
    counting = frozenset({"patient", "guest:child"})
    mine = together(ledger, subject.no, ROOM_OF_THREE, counting, UNTIL)
    found = [each for each in intervals(ledger) if each.state == "in_room"]
    for people in (counting, {"practitioner"}):
        there = union(each.span(UNTIL) for each in found if each.person in people)
        missing = difference(mine, there)
        assert all(end - start < CALL_GRACE for start, end in missing)
        assert total(mine) <= total(there) + total(missing)


@given(ledgers)
def test_no_instant_is_given_twice(ledger: list[Entry]) -> None:
    counting = frozenset({"patient", "guest:child"})
    pieces = [piece.span for piece in shared(ledger, ROOM_OF_THREE, counting, UNTIL)]
    assert all(start < end for start, end in pieces)
    assert all(one[1] <= other[0] for one, other in pairwise(pieces))
    each = [together(ledger, room.no, ROOM_OF_THREE, counting, UNTIL) for room in ROOM_OF_THREE]
    assert not intersection(each[0], each[1])
    assert not intersection(each[1], each[2])


@given(ledgers, st.integers(0, 23))
def test_more_entries_of_the_patient_never_make_an_absence(ledger: list[Entry], place: int) -> None:
    """A sign of life added anywhere in the window leaves no no_show."""
    sign = Entry(kind="open", at=at("10:10"), person="patient", sid="fresh", state="waiting", appointment=A)
    scene = seen(ROOM_OF_THREE[0], [*ledger[:place], sign, *ledger[place:]])
    assert decide(gather(scene, UNTIL), Policy()).status != "no_show"
