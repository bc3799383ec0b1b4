"""From records to what is answered about links, addresses, webhooks and the audit."""

from msgspec.structs import replace

from rooms.credentials import Database
from rooms.events import AuditLine, BackfillRun, Delivery, Hook, Undelivered, public_why
from rooms.service.links.bookmarks import Opened, UpcomingVisit
from rooms.service.links.diagnosis import LinkRow, PersonsLink
from rooms.service.links.guests import Invited
from rooms.times import Instant, show
from signalling.http.schemas import link_answers as answers
from signalling.http.schemas.answers import AppointmentShown, Warned
from signalling.http.schemas.render import appointment, checks, window


def _shown(row: LinkRow, now: Instant) -> AppointmentShown:
    name = row.patient.name if row.patient and row.patient.name else None
    return appointment(row.shown, now, private=True, patient_name=name)


def link_row(row: LinkRow, now: Instant) -> answers.LinkRowShown:
    return answers.LinkRowShown(
        appointment=_shown(row, now),
        checks=checks(row.checks).checks,
        people=[_person(each) for each in row.people],
    )


def found(row: LinkRow, now: Instant) -> answers.FoundShown:
    made = checks(row.checks)
    return answers.FoundShown(appointment=_shown(row, now), usable=made.usable, checks=made.checks)


def _person(each: PersonsLink) -> answers.PersonsLinkShown:
    return answers.PersonsLinkShown(
        person=each.person,
        name=each.name,
        usable=not each.failed,
        failed=each.failed,
        revoked=each.revoked,
        has_contact=each.has_contact,
        told=each.told,
        message=_message(each),
    )


def _message(each: PersonsLink) -> answers.MessageShown:
    # A practitioner has a page of their own; whether they were told as well is not remembered.
    return message(each.undelivered, told=each.told and each.person != "practitioner")


def message(last: Undelivered | None, *, told: bool) -> answers.MessageShown:
    if last is None:
        return answers.MessageShown(state="delivered" if told else "none", at=None, why=None)
    if last.has_failed:
        return answers.MessageShown(state="failed", at=show(last.at), why=public_why(last.why))
    return answers.MessageShown(state="pending", at=show(last.at), why=None)


def invited(made: Invited) -> answers.InvitedShown:
    guest, issued = made.guest, made.issued
    return answers.InvitedShown(
        id=guest.id,
        person=f"guest:{guest.id}",
        name=guest.name,
        email=guest.email,
        phone=guest.phone,
        counts=guest.counts,
        invited=True,
        link=issued.link if made.usable else None,
        room=issued.room,
        opens_at=show(issued.opens_at),
        closes_at=show(issued.closes_at),
        message=message(made.undelivered, told=True),
    )


def still_invited(found: Invited) -> answers.InvitedShown:
    """The same, asked for once more: with what was left out of the contact when they were invited."""
    left_out = tuple(Warned(code="contact_invalid", field=each) for each in found.guest.unusable)
    return replace(invited(found), warnings=left_out)


def backfill_run(run: BackfillRun | None) -> answers.HealingShown | None:
    if run is None or not run.started_at:
        return None
    return answers.HealingShown(
        cause=run.cause,
        started_at=show(run.started_at),
        seen=run.seen,
        healed=run.healed,
        total=run.total,
        finished_at=show(run.finished_at) if run.finished_at else None,
    )


def opened(made: Opened, now: Instant) -> answers.AddressOpened:
    return answers.AddressOpened(
        role="patient" if made.role == "patient" else "practitioner",
        current=_entry(made.current) if made.current else None,
        upcoming=[_entry(each) for each in made.upcoming],
        link=made.link,
        time_zone=made.clinic.time_zone,
        phone=made.clinic.phone,
        server_time=show(now),
        device=made.device,
        device_expires_at=show(made.device_expires_at) if made.device_expires_at else None,
    )


def _entry(each: UpcomingVisit) -> answers.EntryShown:
    return answers.EntryShown(
        starts_at=show(each.appointment.starts_at),
        ends_at=show(each.appointment.ends_at),
        window=window(each.window),
        practitioner_name=each.practitioner_name,
        link=each.link,
        is_open=each.is_open,
        failed=each.failed,
    )


def audit(line: AuditLine) -> answers.AuditShown:
    return answers.AuditShown(
        at=show(line.at),
        by=line.by,
        who=line.who,
        what=line.what,
        appointment=line.appointment,
        person=line.person,
        reason=line.reason,
    )


def hook(record: Hook) -> answers.HookShown:
    return answers.HookShown(
        id=record.id,
        url=record.url,
        events=record.events,
        secret=record.secret,
        former_until=show(record.former_until) if record.former_until else None,
        disabled=disabled(record),
    )


def disabled(record: Hook) -> answers.DisabledShown | None:
    since = record.disabled
    return answers.DisabledShown(at=show(since.at), why=since.why) if since else None


def disabled_hook(record: Hook) -> answers.DisabledHookShown | None:
    shown = disabled(record)
    return answers.DisabledHookShown(id=record.id, at=shown.at, why=shown.why) if shown else None


def delivery(each: Delivery) -> answers.DeliveryShown:
    event = each.message.event
    return answers.DeliveryShown(
        id=event.id,
        type=event.type,
        appointment=event.appointment,
        seq=each.message.seq,
        state=each.state,
        attempts=each.attempts,
        at=show(each.at),
        why=public_why(each.why),
        status=each.status,
    )


def database(record: Database) -> answers.DatabaseShown:
    return answers.DatabaseShown(
        id=record.id, clinics=tuple(map(str, record.clinics)), in_order=record.in_order
    )
