"""Any sequence of events on the floors of two colleagues: nobody in a room unadmitted, no ghosts, no interval
open or closed twice (I4).
"""

import contextlib
from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from rooms.errors import Refusal
from rooms.ids import PractitionerNo, RoomId
from rooms.policy import ROOM_SEATS
from rooms.records import Floor, Seat
from rooms.visit import admission, handover, live_effects
from rooms.visit.handover import Handover
from rooms.visit.transition import FloorChange
from tests.visit.floors import LEASE, OTHER_ROOM, OTHER_VISIT, ROOM, VISIT, Story
from tests.visit.test_live_effects import APPOINTMENT, CLOSED

PEOPLE = ["practitioner", "patient", "guest:a", "guest:b", "guest:c", "guest:d"]
PLACES = {ROOM: VISIT, OTHER_ROOM: OTHER_VISIT}


class Visits(RuleBasedStateMachine):
    """A day of two practitioners, at random. `story` is whose turn it is; `carried`: whose floor a room's
    people are on.
    """

    def __init__(self) -> None:
        super().__init__()
        self.story, self.other, self.count = Story(), Story(), 0
        self.other.floor = Floor(practitioner_no=PractitionerNo("q"))
        self.other.entries = self.story.entries
        self.carried = dict.fromkeys(PLACES, self.story)
        self.admitted: set[tuple[str, str]] = set()

    @property
    def seats(self) -> list[Seat]:
        return [*self.story.floor.seats, *self.other.floor.seats]

    def host(self) -> Seat | None:
        return next((seat for seat in self.story.floor.seats if seat.person == "practitioner"), None)

    @rule()
    def look_at_the_colleague(self) -> None:
        self.story, self.other = self.other, self.story
        self.story.now = max(self.story.now, self.other.now)

    def go_over(self, done: Handover, giving: Story, taking: Story) -> None:
        giving.play(done.giving)
        taking.play(done.taking)
        self.carried[done.room] = taking

    @rule()
    def hand_over(self) -> None:
        host = self.host()
        if host is not None and host.state == "in_room":
            floor, now = self.story.floor, self.story.now
            done = handover.hand_over(floor, host, self.other.floor, now, LEASE)
            self.go_over(done, self.story, self.other)

    @rule(room=st.sampled_from(sorted(PLACES)))
    def take_back(self, room: str) -> None:
        place, host = next(each for each in PLACES if each == room), self.host()
        if host is not None and self.carried[place] is self.other:
            floor, now = self.story.floor, self.story.now
            with contextlib.suppress(Refusal):
                done = handover.take_back(floor, host, self.other.floor, place, now, LEASE)
                self.go_over(done, self.other, self.story)

    def attempt(self, change: object) -> bool:
        """Play a turn; a refusal must have changed nothing."""
        before = self.story.floor
        try:
            made = change()  # type: ignore[operator]  # a lambda of one command
        except Refusal:
            assert self.story.floor == before
            return False
        if isinstance(made, FloorChange):
            self.story.play(made)
        return True

    def sids(self) -> list[str]:
        return [seat.sid for seat in self.story.floor.seats]

    @rule(person=st.sampled_from(PEOPLE), room=st.sampled_from(sorted(PLACES)), move=st.booleans())
    def arrive(self, person: str, room: str, move: bool) -> None:
        self.count += 1
        place = next(each for each in PLACES if each == room)
        story = self.story if person == "practitioner" else self.carried[place]
        self.attempt(
            lambda: (story.arrive(f"s{self.count}", person, place, PLACES[place], move=move), None)[1]
        )

    @rule(data=st.data(), seconds=st.integers(0, 200))
    def drop(self, data: st.DataObject, seconds: int) -> None:
        here = [seat.sid for seat in self.story.floor.seats if not seat.gone_at]
        if here:
            self.story.drop(data.draw(st.sampled_from(here)), ago=seconds * 100)

    @rule(data=st.data())
    def resume(self, data: st.DataObject) -> None:
        if self.sids():
            sid = data.draw(st.sampled_from(self.sids()))
            self.attempt(lambda: self.story.resume(sid))

    @rule(data=st.data(), seconds=st.integers(0, 200))
    def lapse(self, data: st.DataObject, seconds: int) -> None:
        self.story.now += seconds * 1_000
        if self.sids():
            self.story.lapse(data.draw(st.sampled_from(self.sids())), self.story.now - seconds * 1_000)

    @rule(data=st.data(), person=st.sampled_from(PEOPLE), room=st.sampled_from(sorted(PLACES)))
    def command(self, data: st.DataObject, person: str, room: str) -> None:
        me = self.host()
        if me is None:
            return
        story, place = self.story, next(each for each in PLACES if each == room)
        floor, now = story.floor, story.now
        sid = data.draw(st.sampled_from(self.sids()))
        commands = {
            "admit": lambda: admission.admit(floor, me, person, place, PLACES[place], now, LEASE),
            "enter": lambda: admission.enter(floor, me, place, now, LEASE),
            "send_back": lambda: admission.send_back(floor, me, sid, now, LEASE),
            "remove": lambda: admission.remove(floor, me, sid, now, LEASE),
            "lock": lambda: admission.lock(floor, me, on=now % 2 == 0),
            "end": lambda: admission.end(floor, me, now, LEASE, done=True) if me.state == "in_room" else None,
            "cancel": lambda: live_effects.ended(floor, APPOINTMENT, "cancelled", now, LEASE),
            "close": lambda: live_effects.window_closed(floor, ROOM, {VISIT: CLOSED}, None, now, LEASE),
            "move": lambda: live_effects.moved(floor, APPOINTMENT, OTHER_ROOM, now, LEASE, open_now=True),
        }
        if self.carried[place] is self.other:
            del commands["enter"]  # that takes it back
        if self.carried[ROOM] is not self.carried[OTHER_ROOM]:
            del commands["move"]  # they are asked to come again
        name = data.draw(st.sampled_from(sorted(commands)))
        if self.attempt(commands[name]) and name == "admit":
            self.admitted.add((person, place))

    @invariant()
    def nobody_is_inside_who_was_not_admitted_there(self) -> None:
        inside = {
            (seat.person, str(seat.room))
            for seat in self.seats
            if seat.state == "in_room" and seat.person != "practitioner"
        }
        assert inside <= self.admitted
        # Whoever is out has to be admitted again.
        self.admitted &= inside

    @invariant()
    def one_seat_a_person_and_room(self) -> None:
        visitors = Counter((seat.person, seat.room) for seat in self.seats if seat.person != "practitioner")
        assert all(count == 1 for count in visitors.values())
        for story in (self.story, self.other):
            assert [seat.person for seat in story.floor.seats].count("practitioner") <= 1
            assert all(self.carried[room] is story for room in self._rooms_of(story))
        for room in PLACES:
            assert len([s for s in self.seats if s.state == "in_room" and s.room == room]) <= ROOM_SEATS

    @staticmethod
    def _rooms_of(story: Story) -> set[RoomId]:
        return {seat.room for seat in story.floor.seats if seat.person != "practitioner" and seat.room}

    @invariant()
    def everybody_inside_has_their_own_place_in_the_order(self) -> None:
        for story in (self.story, self.other):
            serials = [seat.serial for seat in story.floor.seats]
            assert len(set(serials)) == len(serials)

    @invariant()
    def whoever_is_away_has_a_lease_where_they_are(self) -> None:
        for story in (self.story, self.other):
            assert all(story.leases[seat.sid] is not None for seat in story.floor.seats)

    @invariant()
    def intervals_are_open_exactly_while_somebody_is_here(self) -> None:
        open_now: Counter[tuple[str, str | None]] = Counter()
        for _, entry in self.story.entries:
            if entry.kind in ("open", "close"):
                open_now[entry.sid, entry.state] += 1 if entry.kind == "open" else -1
                assert open_now[entry.sid, entry.state] in (0, 1)
        here = {(seat.sid, seat.state) for seat in self.seats if not seat.gone_at}
        assert {key for key, count in open_now.items() if count} == here


TestVisits = Visits.TestCase
TestVisits.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
