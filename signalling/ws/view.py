"""A floor as one person may see it, and the frames that tell them what has changed. Pure; nothing here knows
a socket.
"""

from collections.abc import Mapping

import msgspec

from rooms.ids import SessionId
from rooms.records import Clinic, Floor, Seat
from rooms.service.joining import role_of
from rooms.service.roster import Card
from rooms.times import Instant, show
from rooms.visit.room import others, polite
from rooms.visit.waiting import place, queue

Members = dict[str, object]
Told = tuple[str, Members]


class View(msgspec.Struct, frozen=True):
    """What a session has been told. `people` by sid in order of arrival; `waiting`, `queue` and `desk` as the
    frames carry them. `desk`: what else only the practitioner is told of the day, beside the queue.
    """

    state: str
    room: str | None
    appointment: str | None
    people: dict[SessionId, Members]
    waiting: Members | None
    queue: list[Members] | None
    desk: Members


def view(floor: Floor, me: Seat, cards: Mapping[SessionId, Card], clinic: Clinic, now: Instant) -> View:
    """`me`'s view of a floor. Somebody waiting sees nothing of the room; only a practitioner sees
    the queue.
    """
    host = me.person == "practitioner"
    return View(
        state=me.state,
        room=me.room,
        appointment=_admitted_for(floor, me, cards),
        people={seat.sid: _person(me, seat, cards) for seat in others(floor, me)},
        waiting=_waiting(floor, me, cards, clinic, now) if me.state == "waiting" else None,
        queue=[_item(seat, cards) for seat in _queue(floor, cards)] if host else None,
        desk=_desk(floor, cards, now) if host else {},
    )


def _admitted_for(floor: Floor, me: Seat, cards: Mapping[SessionId, Card]) -> str | None:
    mine = cards[me.sid].appointment if me.sid in cards else ""
    visitors = (cards[seat.sid].appointment for seat in others(floor, me) if seat.sid in cards)
    return mine or next((appointment for appointment in visitors if appointment), None)


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


def _waiting(
    floor: Floor, me: Seat, cards: Mapping[SessionId, Card], clinic: Clinic, now: Instant
) -> Members:
    where, card = place(floor, me, clinic.policy, clinic.phone, now), cards.get(me.sid)
    members: Members = {"position": where.position, "practitioner_here": where.practitioner_here}
    if card is not None:
        # Where the appointment is moved meanwhile, this is how the waiting learn of it (CONTRACT).
        members |= {"starts_at": show(card.starts_at), "ends_at": show(card.ends_at)}
    if where.running_late is not None:
        members["running_late"] = show(where.running_late)
    if where.phone is not None:
        members["phone"] = where.phone
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


def changes(old: View, new: View, floor: Floor, ended: str, answers: bool) -> list[Told]:
    """The frames from one view to the next. `ended` is why a host's visit ended; `answers`: this session's
    own `admit` or `enter` is being answered, by `admitted` even where it was inside already. `ice` is added
    where it is sent.
    """
    told: list[Told] = []
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


def admitted(new: View) -> Members:
    """The members of `admitted`, without `ice`."""
    return {"room": new.room, "people": list(new.people.values()), "appointment": new.appointment}


def _people(old: View, new: View, floor: Floor) -> list[Told]:
    told: list[Told] = [
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
