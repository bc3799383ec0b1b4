"""Reading what a clinic has. Each method is one of `rooms.ports.Store`, whose docstrings are the contract."""

from collections.abc import Sequence
from typing import Final

from rooms.calendar import Clash, Hours, VisitorHolds
from rooms.changes import Remembered
from rooms.events import BackfillRun
from rooms.ids import AppointmentNo, ClinicId, GrantNo, PatientNo, PractitionerNo, RoomId, SessionId
from rooms.policy import LONGEST_VISIT
from rooms.ports import Arrival, DiaryView, Referred
from rooms.records import (
    ApiKey,
    Appointment,
    AppointmentType,
    Clinic,
    Entry,
    Floor,
    Grant,
    Patient,
    Practitioner,
    RoomEntry,
    Step,
)
from rooms.store import keys
from rooms.store.encode import diary_entry, lines, scored, text, unline, unpack, unpack_all
from rooms.store.pipeline import Pipeline
from rooms.store.scripts import ARRIVAL_SCRIPT
from rooms.times import DAY, Instant

READ_PAGE: Final = 200
"""Records read at once for a list, 100 kB: longer, and everybody else on this connection waits for it."""


class RecordReads:
    """What was committed."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    async def clinic(self, clinic: ClinicId) -> Clinic | None:
        return unpack(Clinic, await self._pipeline.call("GET", keys.clinic(clinic)), id=clinic)

    async def practitioner(self, clinic: ClinicId, id: str) -> Practitioner | None:
        return unpack(Practitioner, await self._pipeline.call("HGET", keys.practitioners(clinic), id), id=id)

    async def practitioner_by_no(self, clinic: ClinicId, no: PractitionerNo) -> Practitioner | None:
        id = await self._pipeline.call("HGET", keys.practitioner_ids(clinic), no)
        found = None if id is None else await self.practitioner(clinic, text(id))
        # Dropped, and its id given to another since.
        return found if found is not None and found.no == no else None

    async def practitioners(self, clinic: ClinicId) -> list[Practitioner]:
        found = unpack_all(Practitioner, await self._pipeline.call("HVALS", keys.practitioners(clinic)))
        return sorted(found, key=lambda practitioner: practitioner.id)

    async def appointment_type(self, clinic: ClinicId, id: str) -> AppointmentType | None:
        return unpack(AppointmentType, await self._pipeline.call("HGET", keys.types(clinic), id), id=id)

    async def appointment_types(self, clinic: ClinicId) -> list[AppointmentType]:
        found = unpack_all(AppointmentType, await self._pipeline.call("HVALS", keys.types(clinic)))
        return sorted(found, key=lambda type: type.id)

    async def patient(self, clinic: ClinicId, id: str) -> Patient | None:
        return unpack(Patient, await self._pipeline.call("HGET", keys.patients(clinic), id), id=id)

    async def patients(self, clinic: ClinicId, ids: Sequence[str]) -> list[Patient | None]:
        if not ids:
            return []
        replies = await self._pipeline.call("HMGET", keys.patients(clinic), *ids)
        return [unpack(Patient, reply, id=id) for id, reply in zip(ids, replies, strict=True)]

    async def appointment(self, clinic: ClinicId, no: AppointmentNo) -> Appointment | None:
        return unpack(Appointment, await self._pipeline.call("GET", keys.appointment(clinic, no)), no=no)

    async def appointment_by_id(self, clinic: ClinicId, id: str) -> Appointment | None:
        no = await self._pipeline.call("HGET", keys.appointment_numbers(clinic), id)
        return None if no is None else await self.appointment(clinic, AppointmentNo(text(no)))

    async def appointments(self, clinic: ClinicId, nos: Sequence[AppointmentNo]) -> list[Appointment | None]:
        if not nos:
            return []
        replies = await self._pipeline.call("MGET", *(keys.appointment(clinic, no) for no in nos))
        return [unpack(Appointment, reply, no=no) for no, reply in zip(nos, replies, strict=True)]

    async def listing(
        self,
        clinic: ClinicId,
        *,
        practitioner: PractitionerNo | None,
        patient: PatientNo | None,
        start: Instant,
        end: Instant,
        after: tuple[Instant, str] | None,
        limit: int,
        handed: bool = False,
    ) -> list[Appointment]:
        """Appointments of any status with `start <= starts_at < end`, by `(starts_at, no)`, after that pair.

        One that is moved while the list is read is there once, at its old or its new place, or not at all.
        """
        index = _index(clinic, practitioner, patient)
        found: list[Appointment] = []
        low = start if after is None else max(start, after[0])
        skip, size = 0, min(limit + 1, READ_PAGE)
        while len(found) < limit:
            rows = scored(
                await self._pipeline.call(
                    "ZRANGEBYSCORE", index, low, f"({end}", "WITHSCORES", "LIMIT", skip, size
                )
            )
            fresh = [(at, AppointmentNo(no)) for no, at in rows if after is None or (at, no) > after]
            records = await self.appointments(clinic, [no for _, no in fresh])
            for (at, _), record in zip(fresh, records, strict=True):
                if record is None or record.starts_at != at:
                    continue
                hosts = record.floors if handed else (record.practitioner_no,)
                if practitioner in (None, *hosts) and patient in (None, record.patient_no):
                    found.append(record)
            if len(rows) < size:
                break
            last, at = rows[-1]
            # As long as a page ends where it began, go on by counting: more start together than fit a page.
            low, skip = (low, skip + size) if at == low else (at, 0)
            after = max(after or (at, last), (at, last))
        return found[:limit]

    async def referred(
        self, clinic: ClinicId, practitioner: str, patient: str, type: str | None, appointment: str
    ) -> Referred:
        wanted = [
            ("GET", keys.backfill_run(clinic)),
            ("GET", keys.clinic(clinic)),
            ("HGET", keys.practitioners(clinic), practitioner),
            ("HGET", keys.patients(clinic), patient),
            ("HGET", keys.appointment_numbers(clinic), appointment),
            ("HGET", keys.clashes(clinic), appointment),
            *([] if type is None else [("HGET", keys.types(clinic), type)]),
        ]
        backfill, home, lee, ada, no, clash, *kind = await self._pipeline.calls(wanted)
        return Referred(
            backfill_run=unpack(BackfillRun, backfill),
            clinic=unpack(Clinic, home, id=clinic),
            practitioner=unpack(Practitioner, lee, id=practitioner),
            patient=unpack(Patient, ada, id=patient),
            type=unpack(AppointmentType, kind[0], id=str(type)) if kind else None,
            appointment=None if no is None else AppointmentNo(text(no)),
            clash=unpack(Clash, clash, id=appointment),
        )

    async def room(
        self, clinic: ClinicId, practitioner: PractitionerNo, patient: PatientNo, day: str
    ) -> RoomEntry | None:
        field = keys.room_field(practitioner, patient, day)
        reply = await self._pipeline.call("HGET", keys.rooms(clinic), field)
        return unpack(RoomEntry, reply, practitioner_no=practitioner, patient_no=patient, day=day)

    async def diary(
        self, clinic: ClinicId, practitioner: PractitionerNo, starts_at: Instant, ends_at: Instant
    ) -> DiaryView:
        """Entries never overlap, so of those that begin by `starts_at` only the last can reach past it.

        `since` is that one's start: nothing that begins earlier can come to reach past it while it is
        there, and a commit compares that it still is. Without one within `LONGEST_VISIT`, `since` is that
        far back.
        """
        diary, far = keys.diary(clinic, practitioner), starts_at - LONGEST_VISIT
        before, within = await self._pipeline.calls(
            [
                ("ZREVRANGEBYSCORE", diary, starts_at, far, "WITHSCORES", "LIMIT", 0, 1),
                ("ZRANGEBYSCORE", diary, f"({starts_at}", f"({ends_at}", "WITHSCORES"),
            ]
        )
        last = scored(before)
        entries = tuple(diary_entry(member, at) for member, at in (*last, *scored(within)))
        return DiaryView(since=last[0][1] if last else far, until=ends_at, entries=entries)

    async def hours(self, clinic: ClinicId, practitioner: PractitionerNo) -> Hours:
        reply = await self._pipeline.call("HGET", keys.hours(clinic), practitioner)
        return unpack(Hours, reply, practitioner_no=practitioner) or Hours(practitioner_no=practitioner)

    async def all_hours(self, clinic: ClinicId) -> list[Hours]:
        return unpack_all(Hours, await self._pipeline.call("HVALS", keys.hours(clinic)))

    async def visitor_holds(self, clinic: ClinicId, client: str) -> VisitorHolds:
        reply = await self._pipeline.call("GET", keys.visitor_holds(clinic, client))
        return unpack(VisitorHolds, reply, client=client) or VisitorHolds(client=client)

    async def clash(self, clinic: ClinicId, id: str) -> Clash | None:
        return unpack(Clash, await self._pipeline.call("HGET", keys.clashes(clinic), id), id=id)

    async def clashes(self, clinic: ClinicId) -> list[Clash]:
        return unpack_all(Clash, await self._pipeline.call("HVALS", keys.clashes(clinic)))

    async def history(self, clinic: ClinicId, no: AppointmentNo) -> list[Step]:
        return lines(Step, await self._pipeline.call("LRANGE", keys.history(clinic, no), 0, -1))

    async def floor(self, clinic: ClinicId, practitioner: PractitionerNo) -> Floor:
        reply = await self._pipeline.call("GET", keys.floor(clinic, practitioner))
        return unpack(Floor, reply, practitioner_no=practitioner) or Floor(practitioner_no=practitioner)

    async def whereabouts(self, clinic: ClinicId, sid: SessionId) -> PractitionerNo | None:
        reply = await self._pipeline.call("GET", keys.whereabouts(clinic, sid))
        return None if reply is None else PractitionerNo(text(reply))

    async def arrival(
        self, clinic: ClinicId, practitioner: PractitionerNo, appointment: AppointmentNo | None
    ) -> Arrival:
        wanted = [
            keys.clinic(clinic),
            keys.practitioners(clinic),
            keys.practitioner_ids(clinic),
            keys.floor(clinic, practitioner),
            *([] if appointment is None else [keys.appointment(clinic, appointment)]),
        ]
        a, b, c, d = await self._pipeline.run(ARRIVAL_SCRIPT, wanted, practitioner)
        known = unpack(Practitioner, b)
        return Arrival(
            clinic=unpack(Clinic, a, id=clinic),
            practitioner=known if known is not None and known.no == practitioner else None,
            appointment=None if appointment is None else unpack(Appointment, d, no=appointment),
            floor=unpack(Floor, c, practitioner_no=practitioner) or Floor(practitioner_no=practitioner),
        )

    async def ledger(self, clinic: ClinicId, room: RoomId) -> list[Entry]:
        return lines(Entry, await self._pipeline.call("LRANGE", keys.ledger(clinic, room), 0, -1))

    async def lobby(
        self, clinic: ClinicId, practitioner: PractitionerNo, start: Instant, end: Instant
    ) -> list[Entry]:
        days = [keys.utc_day(at) for at in range(start - DAY, end, DAY)]
        days += [last for last in (keys.utc_day(end),) if last not in days]
        replies = await self._pipeline.calls(
            [("LRANGE", keys.lobby(clinic, practitioner, day), 0, -1) for day in days]
        )
        return [entry for reply in replies for entry in lines(Entry, reply)]

    async def grant(self, clinic: ClinicId, no: GrantNo) -> Grant | None:
        return unpack(Grant, await self._pipeline.call("HGET", keys.grants(clinic), no), no=no)

    async def api_key(self, clinic: ClinicId, digest: str) -> ApiKey | None:
        reply = await self._pipeline.call("HGET", keys.api_keys(clinic), digest)
        return None if reply is None else unline(ApiKey, reply)

    async def remembered(self, clinic: ClinicId, key: str) -> Remembered | None:
        reply = await self._pipeline.call("GET", keys.remembered(clinic, key))
        return None if reply is None else unline(Remembered, reply)


def _index(clinic: ClinicId, practitioner: PractitionerNo | None, patient: PatientNo | None) -> str:
    """The narrowest index that has what is asked for. It keeps whom an appointment was with once."""
    if patient is not None:
        return keys.by_start_of_patient(clinic, patient)
    if practitioner is not None:
        return keys.by_start_of_practitioner(clinic, practitioner)
    return keys.by_start(clinic)
