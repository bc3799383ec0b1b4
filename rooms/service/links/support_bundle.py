"""All that support needs to know of one appointment, and nothing else (B7): configuration, link, messages,
joins, ICE results. No name, no contact, no reason, no token, and no id or word that a booking service chose,
since those may be any of it.
"""

from rooms.access import window
from rooms.access.people import contact, number_of, words
from rooms.attendance.ledger import Interval
from rooms.events import Delivery, HookNo, Undelivered, public_why, waiting
from rooms.ids import ClinicId
from rooms.outgoing import MAIL
from rooms.ports import Store
from rooms.records import Appointment, Entry, Step
from rooms.service.links.diagnosis import Diagnosis, failures_of
from rooms.service.load import LoadedAppointment, appointment_of, clinic_of, loaded
from rooms.service.outcomes.automatic import Outcomes
from rooms.times import Instant, show

DELIVERIES_SEARCHED = 200
"""Deliveries looked through for each target."""

BundleFacts = dict[str, object]


class SupportBundles:
    """Reads; writes nothing."""

    def __init__(self, store: Store, outcomes: Outcomes) -> None:
        self.store, self.outcomes = store, outcomes
        self.diagnosis = Diagnosis(store)

    async def of(self, clinic_id: ClinicId, id: str, now: Instant) -> BundleFacts:
        """JSON for `GET …/support-bundle`. Raises `NotFound`."""
        clinic = await clinic_of(self.store, clinic_id)
        record = await appointment_of(self.store, clinic_id, id)
        seen = await loaded(self.store, clinic, record)
        attendance = await self.outcomes.attendance(clinic_id, id, now)
        ledger = await self.store.ledger(clinic_id, record.room)
        return {
            "made_at": show(now),
            "appointment": _appointment(record),
            "configuration": _configuration(seen),
            "checks": await self._checks(seen, now),
            "people": await self._people(seen, now),
            "messages": await self._messages(clinic_id, record),
            "joins": [_interval(record, each) for each in attendance.intervals],
            "tries": [_entry(record, each) for each in ledger if each.kind in ("try", "failed")],
            "ice": [_interval(record, each) for each in attendance.intervals if each.state == "media"],
            "device_checks": [
                {**_entry(record, each), "found": each.found} for each in ledger if each.kind == "check"
            ],
            "outcome": attendance.outcome,
            "overlap_seconds": attendance.overlap_seconds,
            "history": [_step(each) for each in await self.store.history(clinic_id, record.no)],
        }

    async def _checks(self, seen: LoadedAppointment, now: Instant) -> list[BundleFacts]:
        checks = await self.diagnosis.checks(seen.clinic, seen.appointment, now)
        return [{"code": each.code, "passed": each.passed, "blocking": each.blocking} for each in checks]

    async def _people(self, seen: LoadedAppointment, now: Instant) -> list[BundleFacts]:
        record = seen.appointment
        patient = await self.store.patient(seen.clinic.id, record.patient)
        failures = await failures_of(self.store, seen.clinic.id, [record])
        return [
            {
                "person": number,
                "failed": list(seen.failed(now, number)),
                "generation": record.generations.get(number, 1),
                "revoked": number in record.revoked,
                "told": number in record.told,
                "has_email": bool(contact(record, number, seen.practitioner, patient)[0]),
                "has_phone": bool(contact(record, number, seen.practitioner, patient)[1]),
                "undelivered": _undelivered(failures[record.no, person]),
            }
            for number, person in words(record).items()
        ]

    async def _messages(self, clinic: ClinicId, record: Appointment) -> list[BundleFacts]:
        found: list[BundleFacts] = []
        for target, no in [
            ("mail", MAIL),
            *(("webhook", hook.no) for hook in await self.store.hooks(clinic)),
        ]:
            found += [_message(record, target, each) for each in await self._of(clinic, no, record)]
        return sorted(found, key=lambda each: str(each["at"]))

    async def _of(self, clinic: ClinicId, hook: HookNo, record: Appointment) -> list[Delivery]:
        still = [waiting(message, tried) for message, tried in await self.store.struggling(clinic, hook)]
        known = [*await self.store.finished(clinic, hook, DELIVERIES_SEARCHED), *still]
        return [each for each in known if each.message.event.subject == record.no]


def _appointment(record: Appointment) -> BundleFacts:
    return {
        "number": record.no,
        "room": record.room,
        "practitioner": record.practitioner_no,
        "patient": record.patient_no,
        "status": record.status,
        "starts_at": show(record.starts_at),
        "ends_at": show(record.ends_at),
        "stored_at": show(record.stored_at),
        "link_issued_at": show(record.issued_at) if record.issued_at else None,
        "extended_minutes": record.extended / 60_000,
        "by_external_database": record.external is not None,
    }


def _configuration(seen: LoadedAppointment) -> BundleFacts:
    clinic = seen.clinic
    its = window.of(seen.appointment, clinic.policy)
    # Every rule, the untouched ones too.
    rules = {name: getattr(clinic.policy, name) for name in clinic.policy.__struct_fields__}
    policy = {name: [*rule] if isinstance(rule, tuple) else rule for name, rule in rules.items()}
    return {
        "time_zone": clinic.time_zone,
        "policy": policy,
        "window": {"opens_at": show(its.opens_at), "closes_at": show(its.closes_at)},
        "practitioner_exists": seen.practitioner is not None,
        "practitioner_video_enabled": seen.practitioner is not None and seen.practitioner.video_enabled,
        "type_linked": seen.type is not None,
        "type_video": seen.type is not None and seen.type.video,
    }


# People are numbers here: a guest's id is the booking service's word.
def _message(record: Appointment, target: str, each: Delivery) -> BundleFacts:
    person = each.message.person or each.message.event.person
    return {
        "id": each.message.event.id,
        "type": each.message.event.type,
        "seq": each.message.seq,
        "target": target,
        "person": number_of(record, person) if person else None,
        "state": each.state,
        "attempts": each.attempts,
        "at": show(each.at),
        "why": public_why(each.why),
        "status": each.status,
    }


def _interval(record: Appointment, each: Interval) -> BundleFacts:
    return {
        "person": number_of(record, each.person),
        "state": each.state,
        "started_at": show(each.started_at),
        "ended_at": None if each.ended_at is None else show(each.ended_at),
        "ended_by": each.ended_by,
        "device": each.device,
    }


def _entry(record: Appointment, each: Entry) -> BundleFacts:
    return {
        "kind": each.kind,
        "at": show(each.at),
        "person": number_of(record, each.person),
        "why": each.why,
    }


def _step(step: Step) -> BundleFacts:
    """What was done, without the facts, which may hold a reason somebody typed."""
    return {"at": show(step.at), "what": step.what, "by": step.by}


def _undelivered(failure: Undelivered | None) -> BundleFacts | None:
    return None if failure is None else {"at": show(failure.at), "why": public_why(failure.why)}
