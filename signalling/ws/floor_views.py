"""A floor as one person may see it, and the frames that tell them what has changed. Pure; nothing here knows
a socket.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

import msgspec

from rooms.ids import SessionId
from rooms.records import Clinic, Floor, Seat
from rooms.service.live.link_holder import role_of
from rooms.service.live.names import Card
from rooms.times import Instant, show
from rooms.visit.room import polite
from rooms.visit.waiting import Position, WaitingOrder, queue

Members = dict[str, object]
FrameParts = tuple[str, Members]


QUEUE_BYTES = 48 * 1024
"""Of a queue as JSON: clients take frames of 64 KiB, and rooms, names and the rest of `welcome` need some
too. About 150 people wait in it; whoever came later is counted.
"""


class FloorView(msgspec.Struct, frozen=True):
    """What a session has been told. `people` by sid in order of arrival; `waiting`, `queue` and `desk` as the
    frames carry them. `desk`: what else only the practitioner is told of the day, beside the queue.
    `made_of`: all that a waiting person's view was made of.
    """

    state: str
    room: str | None
    appointment: str | None
    people: dict[SessionId, Members]
    waiting: Members | None
    queue: list[Members] | None
    desk: Members
    made_of: tuple[object, ...] | None = None


class FloorViews:
    """A version of a floor, with what is the same for everybody on it worked out once."""

    def __init__(self, floor: Floor, cards: Mapping[SessionId, Card], clinic: Clinic, now: Instant) -> None:
        self.floor, self.cards, self.clinic, self.now = floor, cards, clinic, now
        self.seats = {seat.sid: seat for seat in floor.seats}
        self._line = WaitingOrder(floor)
        self._rooms: dict[str | None, list[Seat]] = {}
        for seat in sorted(floor.seats, key=lambda seat: seat.serial):
            if seat.state == "in_room":
                self._rooms.setdefault(seat.room, []).append(seat)

    def view(self, me: Seat, before: FloorView | None = None) -> FloorView:
        """`me`'s view. Somebody waiting sees nothing of the room; only a practitioner sees the queue. It is
        `before` itself where nothing that it shows has changed.
        """
        if me.state == "waiting" and me.person != "practitioner":
            return self._waiting(me, before)
        host = me.person == "practitioner"
        others = self._others(me)
        return FloorView(
            state=me.state,
            room=me.room,
            appointment=self._admitted_for(me, others),
            people={seat.sid: _person(me, seat, self.cards) for seat in others},
            waiting=None,
            queue=self._queue if host else None,
            desk=self._desk if host else {},
        )

    def _others(self, me: Seat) -> list[Seat]:
        """As `rooms.visit.room.others`."""
        if me.state != "in_room":
            return []
        return [seat for seat in self._rooms.get(me.room, []) if seat.sid != me.sid]

    def _admitted_for(self, me: Seat, others: Sequence[Seat]) -> str | None:
        mine = self.cards[me.sid].appointment if me.sid in self.cards else ""
        visitors = (self.cards[seat.sid].appointment for seat in others if seat.sid in self.cards)
        return mine or next((appointment for appointment in visitors if appointment), None)

    def _waiting(self, me: Seat, before: FloorView | None) -> FloorView:
        place = self._line.position(me, self.clinic.policy, self.clinic.phone, self.now)
        card = self.cards.get(me.sid)
        times = (card.starts_at, card.ends_at) if card else None
        appointment = card.appointment if card and card.appointment else None
        made_of = (me.state, me.room, appointment, place, times)
        if before is not None and before.made_of == made_of:
            return before
        return FloorView(me.state, me.room, appointment, {}, _waiting(place, times), None, {}, made_of)

    @cached_property
    def _queue(self) -> list[Members]:
        """As far as a frame has room for it."""
        shown: list[Members] = []
        left = QUEUE_BYTES
        for seat in self._in_line:
            item = _item(seat, self.cards)
            left -= len(msgspec.json.encode(item)) + 1
            if left < 0:
                break
            shown.append(item)
        return shown

    @cached_property
    def _in_line(self) -> list[Seat]:
        return _queue(self.floor, self.cards)

    @cached_property
    def _desk(self) -> Members:
        more = len(self._in_line) - len(self._queue)
        desk = _desk(self.floor, self.cards, self.now)
        return {**desk, "more": more} if more else desk


def _person(me: Seat, seat: Seat, cards: Mapping[SessionId, Card]) -> Members:
    return {
        "sid": seat.sid,
        "person": seat.person,
        "name": _name(seat, cards),
        "role": role_of(seat.person),
        "polite": polite(me, seat),
        "online": not seat.gone_at,
    }


def _name(seat: Seat, cards: Mapping[SessionId, Card]) -> str:
    return cards[seat.sid].name if seat.sid in cards else ""


def _waiting(place: Position, times: tuple[Instant, Instant] | None) -> Members:
    members: Members = {"position": place.position, "practitioner_here": place.practitioner_here}
    if times is not None:
        # Where the appointment is moved meanwhile, this is how the waiting learn of it (CONTRACT).
        members |= {"starts_at": show(times[0]), "ends_at": show(times[1])}
    if place.running_late is not None:
        members["running_late"] = show(place.running_late)
    if place.phone is not None:
        members["phone"] = place.phone
    return members


def _queue(floor: Floor, cards: Mapping[SessionId, Card]) -> list[Seat]:
    """Whoever waits, and whoever was handed over and is in a room without a practitioner: the colleague is to
    come (D3).
    """
    attended = {seat.room for seat in floor.seats if seat.person == "practitioner" and seat.room}
    left_alone = {
        seat.sid
        for seat in floor.seats
        if seat.state == "in_room" and seat.room not in attended and _handed_by(seat, cards)
    }
    return queue(floor, left_alone)


def _handed_by(seat: Seat, cards: Mapping[SessionId, Card]) -> str:
    return cards[seat.sid].handed_by if seat.sid in cards else ""


def _item(seat: Seat, cards: Mapping[SessionId, Card]) -> Members:
    card = cards.get(seat.sid, Card(name=""))
    handed = {"handed_by": card.handed_by} if card.handed_by else {}
    guest = {} if seat.person == "patient" else {"guest_of": card.patient}
    return {
        "person": seat.person,
        "name": card.name,
        "role": role_of(seat.person),
        **guest,
        "appointment": card.appointment,
        "room": seat.room,
        "starts_at": show(card.starts_at),
        "waiting_since": show(seat.arrived_at),
        "check": seat.tested.facts() if seat.tested else None,
        "online": not seat.gone_at,
        "sid": seat.sid,
        "state": seat.state,
        **handed,
    }


def _desk(floor: Floor, cards: Mapping[SessionId, Card], now: Instant) -> Members:
    """Which rooms are locked, who is in which room, and until when the waiting were told to be patient (D3,
    D5, D6): a page that begins anew knows as much as the one before it.
    """
    visitors = [seat for seat in floor.seats if seat.state == "in_room" and seat.person != "practitioner"]
    rooms = dict.fromkeys(seat.room for seat in sorted(visitors, key=lambda seat: seat.serial))
    members: Members = {
        "locked": list(floor.locked),
        "rooms": [
            {"room": room, "names": [_name(seat, cards) for seat in visitors if seat.room == room]}
            for room in rooms
        ],
    }
    if floor.late_until > now:
        members["running_late"] = show(floor.late_until)
    return members


def changes(old: FloorView, new: FloorView, floor: Floor, ended: str, answers: bool) -> list[FrameParts]:
    """The frames from one view to the next. `ended` is why a host's visit ended; `answers`: this session's
    own `admit` or `enter` is being answered, by `admitted` even where it was inside already. `ice` is added
    where it is sent.
    """
    # What a browser is told is the difference between two pictures of the floor, and not what happened
    # between them. A patient is sent back and admitted again within a blink, by another process: its two
    # messages may come together, or the first not at all. Told by events, this page would then wait in a
    # room, or talk in a waiting room; told by views it is always brought to the newest floor, and a floor
    # that was missed costs nothing. It also keeps what somebody may not see in one place, where views are
    # made. The price: a practitioner who admits a second person is inside already and by the difference
    # alone would hear `joined`, where whoever sent `admit` waits for `admitted`; hence `answers`.
    told: list[FrameParts] = []
    entered = old.state != "in_room" or old.room != new.room
    if new.state == "in_room" and (entered or (answers and new.people != old.people)):
        told.append(("admitted", admitted(new)))
    elif new.state == "in_room":
        told.extend(_people(old, new, floor))
    elif old.state == "in_room":
        told.append(("sent_back", {}) if new.state == "waiting" else ("ended", {"why": ended}))
    if new.waiting is not None and (new.waiting != old.waiting or new.room != old.room):
        told.append(("waiting", new.waiting))
    if new.queue is not None and (new.queue != old.queue or new.desk != old.desk):
        told.append(("queue", {"items": new.queue, **new.desk}))
    return told


def admitted(new: FloorView) -> Members:
    """The members of `admitted`, without `ice`."""
    return {"room": new.room, "people": list(new.people.values()), "appointment": new.appointment}


def _people(old: FloorView, new: FloorView, floor: Floor) -> list[FrameParts]:
    told: list[FrameParts] = [
        ("left", {"sid": sid, "why": _why(sid, floor)}) for sid in old.people if sid not in new.people
    ]
    for sid, person in new.people.items():
        before = old.people.get(sid)
        if before is None:
            told.append(("joined", {key: value for key, value in person.items() if key != "online"}))
        elif before["online"] != person["online"]:
            told.append(("state", {"from": sid, "online": person["online"]}))
    return told


def _why(sid: SessionId, floor: Floor) -> str:
    """Why somebody is not in the room any more; whoever is still on the floor was sent back or went
    elsewhere.
    """
    for gone in floor.departures:
        if gone.sid == sid:
            return {"replaced": "moved", "moved_away": "moved", "reassigned": "moved"}.get(gone.why, gone.why)
    waits = any(seat.sid == sid and seat.state == "waiting" for seat in floor.seats)
    return "sent_back" if waits else "left"
