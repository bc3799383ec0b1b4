"""A cancelled or moved appointment reaches whoever is here because of it (A2, C6, D2)."""

import msgspec

from rooms.ids import GrantNo, PatientNo, PractitionerNo
from rooms.records import Appointment
from rooms.visit import admission, live_effects
from rooms.visit.transition import DEPARTURES_KEPT
from tests.visit.floors import LEASE, OTHER_ROOM, OTHER_VISIT, ROOM, VISIT, Story, newcomer

APPOINTMENT = Appointment(
    no=VISIT, id="a-1", practitioner="dr", practitioner_no=PractitionerNo("p"), patient="pat",
    patient_no=PatientNo("u"), starts_at=0, ends_at=1, room=ROOM,
)  # fmt: skip
CLOSED = {"code": "window_closed", "closes_at": "2026-11-21T11:30:00Z"}
TOO_EARLY = {"code": "too_early", "opens_at": "2026-11-21T14:50:00Z"}


def in_call() -> Story:
    story = Story()
    story.arrive("host", "practitioner", None, None)
    story.arrive("pat", "patient")
    story.admit()
    return story


def test_a_cancel_ends_a_call_and_says_why() -> None:
    story = in_call()
    story.play(live_effects.ended(story.floor, APPOINTMENT, "cancelled", story.now, LEASE, reason="ill"))
    assert [seat.sid for seat in story.floor.seats] == ["host"]
    gone = story.floor.departures[-1]
    assert (gone.why, gone.facts) == ("cancelled", {"reason": "ill"})
    assert story.lines("pat")[-1] == "close in_room cancelled"


def test_a_cancel_leaves_others_alone() -> None:
    story = in_call()
    story.arrive("next", "patient", OTHER_ROOM, OTHER_VISIT)
    other = Story()
    other.arrive("next", "patient", OTHER_ROOM, OTHER_VISIT)
    assert live_effects.ended(other.floor, APPOINTMENT, "cancelled", other.now, LEASE) is None
    story.play(live_effects.ended(story.floor, APPOINTMENT, "cancelled", story.now, LEASE))
    assert story.has("next")


def test_a_practitioner_waiting_by_that_link_is_told_too() -> None:
    story = Story()
    story.arrive("host", "practitioner", ROOM, VISIT)
    story.play(live_effects.ended(story.floor, APPOINTMENT, "cancelled", story.now, LEASE))
    assert story.why_gone("host") == "cancelled"


def test_a_practitioner_waiting_by_another_link_is_not() -> None:
    """Of two visits of the day one is cancelled: who came by the other's link is where they were."""
    story = Story()
    story.arrive("host", "practitioner", OTHER_ROOM, OTHER_VISIT)
    assert live_effects.ended(story.floor, APPOINTMENT, "cancelled", story.now, LEASE) is None
    story.arrive("pat", "patient")
    story.play(live_effects.ended(story.floor, APPOINTMENT, "cancelled", story.now, LEASE))
    assert [seat.sid for seat in story.floor.seats] == ["host"]


def test_moved_to_an_open_window_in_another_room_waits_anew() -> None:
    story = in_call()
    story.play(live_effects.moved(story.floor, APPOINTMENT, OTHER_ROOM, story.now, LEASE, open_now=True))
    pat = story.seat("pat")
    assert (pat.state, pat.room) == ("waiting", OTHER_ROOM)


def test_moved_to_a_room_where_the_patient_waits_already_leaves_one_seat() -> None:
    story = Story()
    story.arrive("pat", "patient")
    story.arrive("tab", "patient", OTHER_ROOM, OTHER_VISIT)
    story.play(live_effects.moved(story.floor, APPOINTMENT, OTHER_ROOM, story.now, LEASE, open_now=True))
    assert [seat.sid for seat in story.floor.seats] == ["tab"]
    assert story.why_gone("pat") == "replaced"


def test_moved_within_an_open_window_changes_nothing() -> None:
    story = in_call()
    assert live_effects.moved(story.floor, APPOINTMENT, ROOM, story.now, LEASE, open_now=True) is None


def test_moved_to_a_closed_window_is_told_the_new_times() -> None:
    story = Story()
    story.arrive("pat", "patient")
    facts = {"code": "too_early", "opens_at": "2026-11-21T10:00:00Z"}
    story.play(live_effects.moved(story.floor, APPOINTMENT, ROOM, story.now, LEASE, open_now=False, **facts))
    gone = story.floor.departures[-1]
    assert (gone.why, gone.facts) == ("moved_away", facts)


def test_when_the_window_closes_the_waiting_are_told_and_a_call_goes_on() -> None:
    story = in_call()
    story.arrive("mum", "guest:mum")
    story.play(live_effects.window_closed(story.floor, ROOM, {VISIT: CLOSED}, CLOSED, story.now, LEASE))
    assert not story.has("mum")
    gone = story.floor.departures[-1]
    assert (gone.sid, gone.why, gone.facts) == ("mum", "window_closed", CLOSED)
    assert story.seat("pat").state == "in_room"
    assert live_effects.window_closed(story.floor, ROOM, {VISIT: CLOSED}, CLOSED, story.now, LEASE) is None


def test_a_patient_waits_on_while_another_appointment_of_the_room_is_open_a_guest_does_not() -> None:
    story = Story()
    story.arrive("pat", "patient")
    story.arrive("mum", "guest:mum")
    story.arrive("dad", "guest:dad", ROOM, OTHER_VISIT)
    story.play(live_effects.window_closed(story.floor, ROOM, {VISIT: CLOSED}, None, story.now, LEASE))
    assert [seat.sid for seat in story.floor.seats] == ["pat", "dad"]


def test_between_two_windows_the_patient_hears_when_it_opens_again_and_a_guest_of_their_own() -> None:
    story = Story()
    for sid, person in (("pat", "patient"), ("mum", "guest:mum")):
        story.arrive(sid, person)
    story.arrive("elsewhere", "patient", OTHER_ROOM, OTHER_VISIT)
    story.play(live_effects.window_closed(story.floor, ROOM, {VISIT: CLOSED}, TOO_EARLY, story.now, LEASE))
    assert {gone.sid: gone.facts for gone in story.floor.departures} == {"pat": TOO_EARLY, "mum": CLOSED}


def test_departures_are_forgotten_after_a_while() -> None:
    story = in_call()
    story.play(admission.leave(story.floor, story.seat("pat"), story.now, LEASE))
    story.now += DEPARTURES_KEPT
    story.arrive("pat2", "patient")
    assert story.floor.departures == ()


def test_a_revoked_link_ends_waiting_and_a_call_and_the_practitioner_s_visit() -> None:
    """A2: whoever came by it is out of a call too; the others of the appointment stay."""
    story = in_call()
    story.arrive("mum", "guest:mum")
    story.play(live_effects.put_out(story.floor, APPOINTMENT, frozenset({1}), "revoked", story.now, LEASE))
    assert story.why_gone("pat") == "revoked"
    assert [seat.sid for seat in story.floor.seats] == ["host", "mum"]


def by_own_link() -> Story:
    """A practitioner who came by the appointment's link, with the patient in the room."""
    story = Story()
    story.arrive("host", "practitioner", ROOM, VISIT)
    story.arrive("pat", "patient")
    story.admit()
    assert story.seat("host").state == "in_room"
    return story


def test_a_busy_practitioner_is_out_only_where_the_link_itself_was_revoked() -> None:
    story = by_own_link()
    numbers = frozenset({0})
    assert live_effects.put_out(story.floor, APPOINTMENT, numbers, "moved", story.now, LEASE) is None
    story.play(
        live_effects.put_out(
            story.floor, APPOINTMENT, numbers, "revoked", story.now, LEASE, even_busy=True, by="staff"
        )
    )
    assert [seat.sid for seat in story.floor.seats] == ["pat"]
    gone = story.floor.departures[-1]
    assert (gone.sid, gone.why, gone.facts) == ("host", "revoked", {"by": "staff"})
    assert story.lines("host")[-1] == "close in_room revoked"


def test_a_practitioner_in_the_lobby_is_put_out_all_the_same() -> None:
    story = Story()
    story.arrive("host", "practitioner", ROOM, VISIT)
    story.play(live_effects.put_out(story.floor, APPOINTMENT, frozenset({0}), "moved", story.now, LEASE))
    assert story.why_gone("host") == "moved"


def test_whoever_came_by_another_link_is_not_put_out() -> None:
    story = Story()
    story.arrive("pat", "patient", ROOM, OTHER_VISIT)
    everybody = frozenset({0, 1, 2})
    assert live_effects.put_out(story.floor, APPOINTMENT, everybody, "revoked", story.now, LEASE) is None
    story.arrive("mum", "guest:mum")
    assert live_effects.put_out(story.floor, APPOINTMENT, frozenset({3}), "revoked", story.now, LEASE) is None
    assert live_effects.put_out(story.floor, APPOINTMENT, frozenset(), "revoked", story.now, LEASE) is None


def with_grant() -> Story:
    """A practitioner who came by a room link, in a call."""
    story = Story()
    new = msgspec.structs.replace(newcomer("host", "practitioner", None, None), grant=GrantNo("g-1"))
    story.play(admission.arrive(story.floor, new, story.now, LEASE, move=False, lapsed=None))
    story.arrive("pat", "patient")
    story.admit()
    return story


def test_a_revoked_room_link_puts_its_host_out_of_a_call() -> None:
    story = with_grant()
    story.play(live_effects.grant_revoked(story.floor, GrantNo("g-1"), story.now, LEASE))
    assert [seat.sid for seat in story.floor.seats] == ["pat"]
    assert story.why_gone("host") == "revoked"
    assert story.leases["host"] is None


def test_another_room_link_s_end_is_nobody_s() -> None:
    story = with_grant()
    assert live_effects.grant_revoked(story.floor, GrantNo("g-2"), story.now, LEASE) is None
