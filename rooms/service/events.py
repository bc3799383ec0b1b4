"""Since when an appointment's links are there, and who is told: decided in the commit that makes it so (B1,
B4, B6).
"""

from collections.abc import Iterable

from msgspec.structs import replace

from rooms.access import diagnosis, window
from rooms.access.people import everybody, label
from rooms.access.tokens import affinity
from rooms.changes import Change
from rooms.events import MESSAGES, PENDING, Event, EventType, LinkOf, Undelivered, new_message_id
from rooms.ids import AppointmentNo
from rooms.outgoing import Emit, MessageStatus
from rooms.records import Appointment, AppointmentType, Clinic, Practitioner
from rooms.times import MINUTE, Instant, show


def happened(
    type: EventType, appointment: Appointment, at: Instant, *, number: int | None = None, **facts: object
) -> Event:
    """An event about an appointment, and about one of its people where one is numbered."""
    return Event(
        id=new_message_id(),
        type=type,
        at=at,
        subject=appointment.no,
        appointment=appointment.id,
        person=None if number is None else label(appointment, number),
        facts={"starts_at": show(appointment.starts_at), "ends_at": show(appointment.ends_at), **facts},
    )


def with_link(event: Event, clinic: Clinic, appointment: Appointment, number: int) -> Event:
    """The same, so that whoever is told of it gets that person's link."""
    return replace(event, link=link_of(clinic, appointment, number))


def link_of(clinic: Clinic, appointment: Appointment, number: int) -> LinkOf:
    """What a person's link is made of now."""
    of_whom = affinity(clinic.salt, appointment.practitioner_no)
    return LinkOf(affinity=of_whom, number=number, generation=appointment.generations.get(number, 1))


def emits(events: Iterable[Event]) -> list[Change]:
    """The part of a commit that tells of them; what is for a person is on its way from then on."""
    changes: list[Change] = []
    for event in events:
        changes.append(Emit(event))
        if event.type in MESSAGES and event.person and event.appointment:
            on_its_way = Undelivered(at=event.at, why=PENDING)
            changes.append(MessageStatus(AppointmentNo(event.subject), event.person, on_its_way))
    return changes


def issue_links(
    clinic: Clinic,
    before: Appointment | None,
    after: Appointment,
    practitioner: Practitioner | None,
    type: AppointmentType | None,
    now: Instant,
) -> tuple[Appointment, list[Event]]:
    """`after` with its links issued where nothing blocks them, and what there is to tell: `link.issued` to
    each person once, `link.unusable` where there can be none (B6).
    """
    if before is not None and _set_up(before) != _set_up(after):
        after = replace(after, issued_at=0)
    if before is None or before.starts_at != after.starts_at:
        after = replace(after, reminded=_past_reminders(clinic, after, now))
    if after.status != "confirmed" or window.has_closed(after, clinic.policy, now):
        return after, []
    checks = diagnosis.checks(clinic, after, practitioner, type, now)
    failed = [code for code in diagnosis.blocking(checks) if code != "revoked"]
    if not failed:
        return _issued(clinic, after, now)
    is_news = before is None or before.status != "confirmed" or _set_up(before) != _set_up(after)
    if diagnosis.is_video(after, type) and is_news:
        return after, [happened("link.unusable", after, now, failed=failed)]
    return after, []


def _set_up(appointment: Appointment) -> tuple[object, ...]:
    """What of an appointment decides whether there can be a link."""
    return appointment.practitioner_no, appointment.type, appointment.external_type


def _issued(clinic: Clinic, after: Appointment, now: Instant) -> tuple[Appointment, list[Event]]:
    people = everybody(after)
    news = [each for each in people if each not in after.told and each not in after.revoked]
    told = tuple(sorted({*(each for each in after.told if each in people), *news}))
    issued = replace(after, issued_at=after.issued_at or now, told=told)
    events = [
        with_link(happened("link.issued", issued, now, number=each), clinic, issued, each) for each in news
    ]
    return issued, events


def _past_reminders(clinic: Clinic, appointment: Appointment, now: Instant) -> tuple[float, ...]:
    """Whoever books in the last hour needs no reminder of the day before (A10)."""
    minutes = clinic.policy.reminder_minutes
    return tuple(sorted(each for each in minutes if appointment.starts_at - round(each * MINUTE) <= now))


def turned_into(before: Appointment | None, after: Appointment, at: Instant) -> list[Event]:
    """What a PUT made of an appointment, for the booking service's other half (F6)."""
    if before is None or before.status != after.status:
        held: EventType = "appointment.held"
        kind: EventType = "appointment.confirmed" if after.status == "confirmed" else held
        return [happened(kind, after, at)]
    moved = (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at)
    given = before.practitioner_no != after.practitioner_no
    kinds: list[tuple[bool, EventType]] = [
        (given, "appointment.reallocated"),
        (moved, "appointment.rescheduled"),
    ]
    was = show(before.starts_at)
    return [happened(kind, after, at, previous_starts_at=was) for so, kind in kinds if so]
