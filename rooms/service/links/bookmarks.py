"""The bookmarkable address: a one-time code to the contact on file, or a remembered device, and what is then
open (A8).

Whether an address is anybody's shows neither in an answer nor in its time: a code is asked for and judged in
the same steps for every address there could be, and only then is it looked up.
"""

import hmac

import msgspec

from rooms.access import bookmark, window
from rooms.access.bookmark import Bookmark
from rooms.access.codes import CODE_LIFE, MAX_GUESSES, is_right
from rooms.access.tokens import Keyring
from rooms.access.window import LONGEST_LOOK_BACK, Window
from rooms.credentials import Challenge, Device
from rooms.errors import Forbidden, LinkRefused, TooMany
from rooms.events import CodeOf, Event, new_message_id
from rooms.ids import PATIENT, ClinicId, PatientNo, PractitionerNo, new_secret, secret_digest
from rooms.outgoing import Emit
from rooms.ports import Drop, Put, Store
from rooms.records import Appointment, Clinic, Patient, Practitioner
from rooms.service.administration.home_claim import NO_CLINIC
from rooms.service.idempotency import Act, Keep, kept_answer
from rooms.service.links.issue import Links
from rooms.service.live.link_holder import Door
from rooms.service.load import LoadedAppointment, loaded_all, pages
from rooms.service.retry import until_consistent
from rooms.times import DAY, EARLIEST, HOUR, LATEST, SECOND, Instant

AN_HOUR, A_DAY = 5, 20
"""Codes for one address. With five tries each, a guesser has a chance in ten thousand a day."""

DEVICE_REMEMBERED = 90 * DAY
"""Milliseconds for which a device need not ask for a code."""

ROOM_HOURS = 12
"""A practitioner's room link from here lasts a working day."""

UPCOMING_SHOWN = 50
"""Appointments listed: more than anybody books ahead."""


class BookmarkHolder(msgspec.Struct, frozen=True):
    """Whose address it is. `patient` None: the practitioner's own."""

    clinic: Clinic
    practitioner: Practitioner
    patient: Patient | None

    @property
    def number(self) -> str:
        """Ours, of whoever it is."""
        return self.patient.no if self.patient else self.practitioner.no

    @property
    def contact(self) -> str | None:
        """Where a code goes."""
        if self.patient is None:
            return self.practitioner.email
        return self.patient.email or self.patient.phone


class UpcomingVisit(msgspec.Struct, frozen=True, kw_only=True):
    """One appointment to come; `link` None: there is none, `failed` says why."""

    appointment: Appointment
    practitioner_name: str | None
    window: Window
    link: str | None
    is_open: bool
    failed: tuple[str, ...]


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """What an address opens: a patient's visits, the current one first; or a practitioner's `link`."""

    clinic: Clinic
    role: str
    current: UpcomingVisit | None = None
    upcoming: tuple[UpcomingVisit, ...] = ()
    link: str | None = None
    device: str | None = None
    device_expires_at: Instant | None = None


class Bookmarks:
    """Stands on the links it hands out."""

    def __init__(self, store: Store, keyring: Keyring, links: Links) -> None:
        self.store, self.keyring, self.links = store, keyring, links
        self.door = Door(store, keyring)

    async def ask(self, text: str, now: Instant, keep: Keep[None] | None = None) -> Challenge:
        """A code for this address, whoever's it is; `send` then tells whoever has it.

        Raises `Invalid` `address_invalid`, `TooMany`, `Unavailable`.
        """
        place = bookmark.parse(text).place
        for most, span in ((AN_HOUR, HOUR), (A_DAY, DAY)):
            wait = await self.store.take(NO_CLINIC, f"code/{span}/{place}", most, span)
            if wait:
                raise TooMany(wait / SECOND)

        async def write() -> Challenge:
            known = await self.store.challenge(place)
            fresh = Challenge(
                place=place,
                nonce=new_secret(),
                key=self.keyring.signing.id,
                expires_at=now + CODE_LIFE,
                version=known.version if known else 0,
            )
            await self.store.commit(NO_CLINIC, [Put(fresh), *kept_answer(keep, None)])
            return fresh

        return await until_consistent(write)

    async def send(self, text: str, challenge: Challenge, now: Instant) -> None:
        """Have the code sent to the contact on file, where there is one. Raises `Unavailable`."""
        holder = await self._holder(bookmark.parse(text))
        if holder is None:
            return
        patient, practitioner = holder.patient, holder.practitioner
        event = Event(
            id=new_message_id(),
            type="code.requested",
            at=now,
            subject=holder.number,
            person="patient" if patient else "practitioner",
            facts={"patient": patient.id} if patient else {"practitioner": practitioner.id},
            code=CodeOf(nonce=challenge.nonce, key=challenge.key, expires_at=challenge.expires_at),
        )
        await self.store.commit(holder.clinic.id, [Emit(event)])

    async def open_by_code(
        self, text: str, said: str, now: Instant, *, remember: bool, keep: Keep[Opened] | None = None
    ) -> Opened:
        """What the address opens. Raises `Forbidden` `code_wrong`, whatever is wrong; `Unavailable`."""
        address = bookmark.parse(text)
        return await until_consistent(lambda: self._open_by_code(address, said, now, remember, keep))

    async def _open_by_code(
        self, address: Bookmark, said: str, now: Instant, remember: bool, keep: Keep[Opened] | None
    ) -> Opened:
        known = await self._right(address, said, now)
        holder = await self._holder(address)
        if holder is None:
            await self.store.commit(NO_CLINIC, [Drop(known)])
            raise _wrong()
        opened, devices = await self._opened(holder, now), list[Device]()
        if remember:
            secret = new_secret()
            devices = [_device(holder, secret, now)]
            expires_at = devices[0].expires_at
            opened = msgspec.structs.replace(opened, device=secret, device_expires_at=expires_at)
        # A right code works once.
        await self.store.commit(NO_CLINIC, [Drop(known), *kept_answer(keep, opened)])
        await self.store.commit(holder.clinic.id, [Put(each) for each in devices])
        return opened

    async def _right(self, address: Bookmark, said: str, now: Instant) -> Challenge:
        """What the code answers. A try is counted before it is judged, and where no code is out, too: that
        would show in the time it takes.
        """
        known = await self.store.challenge(address.place)
        count = f"tries/{address.place}/{known.nonce if known else ''}"
        spent = await self.store.take(NO_CLINIC, count, MAX_GUESSES, CODE_LIFE)
        if known is None or spent or not is_right(self.keyring, known, said, now):
            raise _wrong()
        return known

    async def open_by_device(
        self, text: str, secret: str, now: Instant, keep: Keep[Opened] | None = None
    ) -> Opened:
        """The same, for a device that was remembered. Raises `Forbidden` `device_unknown`, `Unavailable`."""
        address = bookmark.parse(text)
        holder = await self._holder(address)
        clinic = holder.clinic.id if holder else NO_CLINIC
        device = await self.store.device(clinic, secret_digest(secret))
        if holder is None or device is None or not _is_known(device, holder, now):
            raise Forbidden("device_unknown", "Ask for a code; this device is not remembered here.")
        opened = await self._opened(holder, now)
        await self.store.commit(NO_CLINIC, kept_answer(keep, opened))
        return opened

    async def forget(self, text: str, secret: str, keep: Keep[None] | None = None) -> None:
        """This device has to ask for a code from now on; where it had to anyway, nothing happens."""
        holder = await self._holder(bookmark.parse(text))
        clinic = holder.clinic.id if holder else NO_CLINIC

        async def write() -> None:
            device = await self.store.device(clinic, secret_digest(secret))
            if device is not None:
                await self.store.commit(clinic, [Drop(device)])

        await until_consistent(write)
        await self.store.commit(NO_CLINIC, kept_answer(keep, None))

    async def _holder(self, address: Bookmark) -> BookmarkHolder | None:
        try:
            clinic_id, number = await self.door.resolve(address.affinity)
        except LinkRefused:
            return None
        practitioner = await self.store.practitioner_by_no(clinic_id, number) if number else None
        clinic = await self.store.clinic(clinic_id)
        if practitioner is None or clinic is None:
            return None
        if address.patient is None:
            return BookmarkHolder(clinic, practitioner, None)
        patient = await self._patient(clinic_id, address.patient)
        return BookmarkHolder(clinic, practitioner, patient) if patient else None

    async def _patient(self, clinic: ClinicId, number: PatientNo) -> Patient | None:
        """By an appointment of theirs: that is all the number leads to."""
        listed = await self.store.listing(
            clinic, practitioner=None, patient=number, start=EARLIEST, end=LATEST + 1, after=None, limit=1
        )
        known = await self.store.patient(clinic, listed[0].patient) if listed else None
        return known if known is not None and known.no == number and not known.erased else None

    async def _opened(self, holder: BookmarkHolder, now: Instant) -> Opened:
        clinic = holder.clinic
        if holder.patient is None:
            issued = await self.links.room_link(Act(clinic.id, now), holder.practitioner.id, ROOM_HOURS)
            return Opened(clinic=clinic, role="practitioner", link=issued.link)
        upcoming = await self._upcoming(clinic, holder.patient, now)
        return Opened(
            clinic=clinic,
            role="patient",
            current=_current(upcoming, holder.practitioner.no),
            upcoming=tuple(upcoming),
        )

    async def _upcoming(self, clinic: Clinic, patient: Patient, now: Instant) -> list[UpcomingVisit]:
        """All of this patient's, with whomever: after a code the person is known."""
        found: list[UpcomingVisit] = []
        async for page in pages(self.store, clinic.id, now - LONGEST_LOOK_BACK, patient=patient.no):
            to_come = [each for each in page if _is_to_come(clinic, each, now)]
            found += [self._entry(each, now) for each in await loaded_all(self.store, clinic, to_come)]
            if len(found) >= UPCOMING_SHOWN:
                break
        return found[:UPCOMING_SHOWN]

    def _entry(self, seen: LoadedAppointment, now: Instant) -> UpcomingVisit:
        clinic, record, practitioner = seen.clinic, seen.appointment, seen.practitioner
        its = window.of(record, clinic.policy)
        failed = seen.failed(now)
        link = None if failed else self.links.issued(clinic, record, PATIENT).link
        return UpcomingVisit(
            appointment=record,
            practitioner_name=practitioner.name if practitioner else None,
            window=its,
            link=link,
            is_open=link is not None and its.opens_at <= now,
            failed=failed,
        )


def _is_to_come(clinic: Clinic, appointment: Appointment, now: Instant) -> bool:
    is_live = appointment.status == "confirmed" and appointment.outcome is None
    return is_live and not window.has_closed(appointment, clinic.policy, now)


def _current(upcoming: list[UpcomingVisit], practitioner: PractitionerNo) -> UpcomingVisit | None:
    """The one to go to: open now before not yet open, with this practitioner before others, then by start."""
    usable = [each for each in upcoming if each.link is not None]
    return min(
        usable,
        key=lambda each: (
            not each.is_open,
            each.appointment.practitioner_no != practitioner,
            each.appointment.starts_at,
        ),
        default=None,
    )


def _device(holder: BookmarkHolder, secret: str, now: Instant) -> Device:
    return Device(
        digest=secret_digest(secret),
        holder=holder.number,
        contact=secret_digest(holder.contact or ""),
        expires_at=now + DEVICE_REMEMBERED,
    )


def _is_known(device: Device, holder: BookmarkHolder, now: Instant) -> bool:
    """Another contact has to be proven anew."""
    return (
        device.holder == holder.number
        and hmac.compare_digest(device.contact, secret_digest(holder.contact or ""))
        and now < device.expires_at
    )


def _wrong() -> Forbidden:
    return Forbidden("code_wrong", "This code is not right, or it is used up. Ask for a new one.")
