"""Who comes along: guests the booking service names, and those somebody invites, in mid-call too (A1, D9)."""

from collections.abc import Sequence

from msgspec.structs import replace

from rooms.calendar import GuestRequest
from rooms.errors import Contradiction, Invalid
from rooms.policy import GUESTS
from rooms.records import Appointment, Guest

LAST_PERSON = 255
"""A token has one byte for the person number (A2), and a removed guest's is not given again."""


def numbered(
    before: Appointment, asked: Sequence[GuestRequest], *, others: bool = False
) -> tuple[tuple[Guest, ...], int]:
    """The guests a PUT leaves, and the next one's number. Raises `guests_used_up`.

    A guest keeps the number they have; a new one gets one nobody had, so that no old link becomes theirs.
    Whoever was invited stays where they are not named: the booking service need not know of them, and a sync
    that says again what it knows must not put an interpreter out of a call. Once it has named them they are
    its own, to leave out as any other. `others`: it is another patient's from now on, whom nobody was invited
    to.
    """
    known, following, guests = {guest.id: guest for guest in before.guests}, before.next_guest, []
    for guest in asked:
        theirs = known.get(guest.id)
        number = theirs.number if theirs else following
        following += number == following
        guests.append(_guest(guest, number, theirs))
    named = {guest.id for guest in asked}
    stay = [] if others else [each for each in before.guests if each.invited and each.id not in named]
    _check_number(following - 1)
    return (*guests, *stay), following


def invited(before: Appointment, asked: GuestRequest) -> Appointment:
    """With one guest more, whose number is `before.next_guest`. Raises `length_invalid`, `guests_used_up`."""
    if len(before.guests) >= GUESTS:
        raise Invalid("length_invalid", f"An appointment has at most {GUESTS} guests.", field="guests")
    _check_number(before.next_guest)
    guest = replace(_guest(asked, before.next_guest), invited=True)
    return replace(before, guests=(*before.guests, guest), next_guest=before.next_guest + 1)


def withdrawn(before: Appointment, guest: Guest) -> Appointment:
    """Without a guest who was invited. Raises `state_conflict` for one whom the booking service has named:
    only it can leave them out.
    """
    if not guest.invited:
        raise Contradiction("state_conflict", "The booking service named this guest. Leave them out there.")
    return replace(before, guests=tuple(each for each in before.guests if each != guest))


def _guest(asked: GuestRequest, number: int, known: Guest | None = None) -> Guest:
    return Guest(
        unknown_fields=known.unknown_fields if known else None,
        id=asked.id,
        number=number,
        name=asked.name,
        email=asked.email,
        phone=asked.phone,
        unusable=asked.unusable,
        counts=asked.counts,
    )


def _check_number(last: int) -> None:
    if last > LAST_PERSON:
        raise Contradiction("guests_used_up", "Too many guests have come and gone; make a new appointment.")
