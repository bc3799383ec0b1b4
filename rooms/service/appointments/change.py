"""What it takes to make an appointment be as asked: decided here, whoever asks, written by the command that
does (C3, C7).
"""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from rooms.access.tokens import affinity
from rooms.access.window import of
from rooms.booking.request import changed, check_live, check_undecided, created, differences, facts, with_hold
from rooms.booking.rooms import PairDay
from rooms.calendar import AppointmentRequest, Clash
from rooms.changes import Change
from rooms.errors import Invalid
from rooms.events import BackfillRun
from rooms.ids import AppointmentNo, ClinicId, new_number
from rooms.ports import Know, Same, Store
from rooms.records import Appointment, AppointmentType, By, Cancellation, Clinic, Patient, Practitioner, Step
from rooms.service.appointments.backfill_run import not_backfilled_meanwhile
from rooms.service.appointments.clashes import clash_over
from rooms.service.appointments.commit import Edit
from rooms.service.appointments.diary import book, nobodys, recounted
from rooms.service.appointments.room_assignment import enter, free, leave_together
from rooms.service.events import happened, issue_links, turned_into
from rooms.service.load import LoadedAppointment, existing, loaded, overlapping_visits, type_of
from rooms.times import Instant, local_day


class Wish(msgspec.Struct, frozen=True):
    """What is asked, by whom. `what`: what the history calls a change; `beside`: appointments whose time is
    given up in the same commit.
    """

    id: str
    request: AppointmentRequest
    by: By
    now: Instant
    what: str = "changed"
    reason: str | None = None
    beside: frozenset[AppointmentNo] = frozenset()


class Decision(msgspec.Struct, frozen=True):
    """`edit` None: it is so already; `over`: what waited to be so and waits no more."""

    seen: LoadedAppointment
    edit: Edit | None = None
    over: Sequence[Change] = ()


class Parties(msgspec.Struct, frozen=True):
    """What a request refers to, as it was loaded; the commit compares it."""

    clinic: Clinic
    practitioner: Practitioner
    patient: Patient
    type: AppointmentType | None
    backfill_run: BackfillRun | None
    before: Appointment | None
    clash: Clash | None

    def still(self) -> list[Change]:
        """A practitioner deleted, a patient erased or another policy meanwhile: decide again."""
        return [Same(self.clinic), Same(self.practitioner), Same(self.patient)]


async def decide(store: Store, clinic_id: ClinicId, wish: Wish) -> Decision:
    """Raises `Invalid` `reference_unknown`, `Contradiction` (`slot_taken`, `state_conflict`,
    `guests_used_up`), `NotFound`, `Conflict`, `Unavailable`.
    """
    parties = await _parties(store, clinic_id, wish)
    before, now = parties.before, wish.now
    if before is not None:
        check_live(before, now)
    no = before.no if before else AppointmentNo(new_number())
    place = PairDay(
        parties.practitioner.no,
        parties.patient.no,
        local_day(wish.request.starts_at, parties.clinic.time_zone),
    )
    move = await enter(store, clinic_id, no, before, place)
    if before is None:
        asked = created(no, wish.id, wish.request, parties.practitioner, parties.patient, move.home)
    else:
        asked = changed(before, wish.request, parties.practitioner, parties.patient, move.home)
    after = with_hold(before, asked, parties.clinic.policy, now)
    if after == before:
        over = clash_over(wish.id, parties.clash) if parties.clash else ()
        same = await loaded(store, parties.clinic, after)
        return Decision(replace(same, busy=await overlapping_visits(store, clinic_id, after, now)), over=over)
    if before is not None:
        check_undecided(before)
    after = replace(after, stored_at=_stands_since(parties.clinic, before, after, now))
    kind = parties.type if after.type is not None else await type_of(store, clinic_id, after)
    after, news = issue_links(parties.clinic, before, after, parties.practitioner, kind, now)
    changes = [
        Know(affinity(parties.clinic.salt, after.practitioner_no), after.practitioner_no),
        *parties.still(),
        *([Same(kind)] if kind else []),
        *not_backfilled_meanwhile(after, parties.backfill_run),
        *move.changes,
        *await book(store, clinic_id, before, after, now, beside=wish.beside),
        *clash_over(wish.id, parties.clash),
        *await _no_longer_held(store, clinic_id, before, after, now),
    ]
    seen = LoadedAppointment(
        clinic=parties.clinic,
        appointment=after,
        practitioner=parties.practitioner,
        type=kind,
        busy=await overlapping_visits(store, clinic_id, after, now),
    )
    events = [*turned_into(before, after, now), *news]
    edit = Edit(
        before=before, after=after, step=_step(before, after, wish), changes=changes, events=events, seen=seen
    )
    return Decision(seen, edit)


async def write_unchanged(store: Store, decided: Decision, answer: Sequence[Change]) -> None:
    """Write down what a decision that changes nothing leaves to write: the clash that is over, the answer to
    keep; where there is neither, nothing. Raises `Conflict`, `Unavailable`.
    """
    if changes := [*decided.over, *answer]:
        seen = decided.seen
        await store.commit(seen.clinic.id, [Same(seen.appointment), *changes])


async def _no_longer_held(
    store: Store, clinic: ClinicId, before: Appointment | None, after: Appointment, now: Instant
) -> list[Change]:
    """A visitor's allowance, where a PUT confirms what they hold."""
    if before is None or after.status == "held":
        return []
    return await recounted(store, clinic, [before], now)


async def _parties(store: Store, clinic_id: ClinicId, wish: Wish) -> Parties:
    """Raises `reference_unknown` with the field. An `external_type` may be unknown: it is kept (B6)."""
    asked = wish.request
    found = await store.referred(clinic_id, asked.practitioner, asked.patient, asked.type, wish.id)
    clinic = existing(found.clinic, "clinic")
    if found.practitioner is None:
        raise unknown("practitioner")
    no = found.appointment
    before = None if no is None else await store.appointment(clinic_id, no)
    patient = found.patient or _to_be(before, asked.patient)
    if patient is None or patient.erased:
        raise unknown("patient")
    if asked.type is not None and found.type is None:
        raise unknown("type")
    return Parties(clinic, found.practitioner, patient, found.type, found.backfill_run, before, found.clash)


def _to_be(before: Appointment | None, patient: str) -> Patient | None:
    """Whoever a held time is for, who has not said who they are yet: not stored, and to stay so (C7)."""
    if before is None or before.status != "held" or before.patient != patient:
        return None
    return Patient(id=patient, no=before.patient_no)


async def cancelled(store: Store, clinic: Clinic, before: Appointment, cancellation: Cancellation) -> Edit:
    """Cancelled by somebody, or given back by whoever held it: its time, its room and what it stood for are
    anybody's. Raises `Conflict`, `Unavailable`.
    """
    [edit], common = await cancelled_together(store, clinic, [before], cancellation)
    return replace(edit, changes=[*common, *edit.changes])


async def _cancelled(store: Store, clinic: Clinic, before: Appointment, cancellation: Cancellation) -> Edit:
    """The part that is this one's alone."""
    at, by = cancellation.at, cancellation.by
    after = replace(nobodys(before), status="cancelled", cancelled=cancellation, others=())
    reason: dict[str, object] = {"reason": cancellation.reason} if cancellation.reason else {}
    return Edit(
        before=before,
        after=after,
        step=Step(at=at, what="cancelled", by=by, facts=reason),
        changes=[free(before), *clash_over(before.id, await store.clash(clinic.id, before.id))],
        events=[happened("appointment.cancelled", after, at, by=by)],
    )


async def cancelled_together(
    store: Store, clinic: Clinic, befores: Sequence[Appointment], cancellation: Cancellation
) -> tuple[list[Edit], list[Change]]:
    """Several of one clinic, for one commit: each as `cancelled`, and what they have in common, each record
    of it once. Raises `Conflict`, `Unavailable`.
    """
    at = cancellation.at
    edits = [await _cancelled(store, clinic, each, cancellation) for each in befores]
    return edits, [
        Same(clinic),
        *await leave_together(store, clinic.id, befores),
        *await recounted(store, clinic.id, befores, at),
    ]


def unknown(field: str) -> Invalid:
    """`reference_unknown`."""
    return Invalid("reference_unknown", f"There is no such {field}.", field=field)


def _stands_since(clinic: Clinic, before: Appointment | None, after: Appointment, now: Instant) -> Instant:
    """Since when the appointment can be kept (F3 b). Moved to hours that have passed, it asks nobody to have
    come.
    """
    if before is None or before.status != "confirmed":
        return now
    was = of(before, clinic.policy)
    is_moved = was != of(after, clinic.policy)
    return now if is_moved and not was.opens_at <= now < was.closes_at else before.stored_at


def _step(before: Appointment | None, after: Appointment, wish: Wish) -> Step:
    why = {"reason": wish.reason} if wish.reason else {}
    if before is None:
        return Step(at=wish.now, what="created", by=wish.by, facts=facts(after) | why)
    return Step(at=wish.now, what=wish.what, by=wish.by, facts=differences(before, after) | why)
