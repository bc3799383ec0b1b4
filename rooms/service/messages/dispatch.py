"""From the outbox to whoever is to be told: each event to every target that wants it, in order for each
subject, again and again until it arrives or three days have passed (F6).

Here is decided what is sent where and what a failure means; carrying it is `signalling.jobs`' part.
"""

from typing import Literal

import msgspec
from msgspec.structs import replace

from rooms.access.codes import code
from rooms.access.people import contact, label, number_of
from rooms.access.tokens import Keyring
from rooms.changes import Change
from rooms.events import (
    MESSAGES,
    NO_CONTACT,
    AuditLine,
    Delivery,
    Disabled,
    Event,
    EventType,
    Hook,
    HookNo,
    LinkOf,
    Message,
    Numbered,
    SendAttempts,
    Undelivered,
)
from rooms.ids import PATIENT, PRACTITIONER, AppointmentNo, ClinicId
from rooms.outgoing import (
    MAIL,
    OUTBOX,
    AbandonQueue,
    Audit,
    CloseQueue,
    DeadLetter,
    Enqueue,
    Express,
    FinishDelivery,
    HandOn,
    MessageStatus,
    SendFailed,
    Task,
    TaskQueue,
    TaskStill,
    dead_letter_task,
    delivery_queue_of,
    delivery_queue_task,
)
from rooms.ports import Conflict, Put, Store
from rooms.records import Appointment, Clinic
from rooms.service.events import link_of
from rooms.service.links.issue import Links
from rooms.service.load import clinic_of
from rooms.times import DAY, HOUR, MINUTE, SECOND, Instant, show

EVENTS_AT_ONCE = 50
"""Events handed on in one commit."""

RETRY_DELAYS = (3 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR)
"""Milliseconds before each further try; the last again and again. The first is CONTRACT's 3 to 5 s."""

RETRY_JITTER = 2 / 3
"""Of a delay, added by chance, so that what failed together is not tried together again."""

GIVEN_UP_AFTER = 3 * DAY
"""Milliseconds from the first try after which a letter is dead (F6)."""

CODE_GIVEN_UP_AFTER = 10 * MINUTE
"""A code that could not be sent while it was good is no use later."""

LONGEST_RETRY_AFTER = HOUR
"""What a receiver may ask for by `Retry-After`: beyond, it would decide for how long nobody hears of us."""

URGENT_EVENTS: frozenset[EventType] = frozenset(
    {
        "appointment.cancelled",
        "appointment.rescheduled",
        "appointment.reallocated",
        "link.revoked",
        "link.requested",
    }
)
"""What somebody acts upon now: it does not wait for what an import left to be sent."""

WEBHOOK_DISABLED = "disabled"
"""Why a message was not sent: its webhook is disabled."""

DEAD_LETTERS_AT_ONCE = 50
"""Messages given up in one commit."""

NO_CHANNEL = "no_channel"
"""Nobody carries messages here: no webhook wants them and there is no mail."""

MAILED_EVENTS = MESSAGES | {"appointment.cancelled", "appointment.rescheduled"}
"""Events a mail is sent for; the last two to everybody who was told of their link."""


class ToHook(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook's body, the same on every try."""

    message: Message
    hook: Hook
    body: bytes


class ToPerson(msgspec.Struct, frozen=True, kw_only=True):
    """A mail. `to` None: there is no address on file. `appointment` None: it is about none."""

    message: Message
    clinic: Clinic
    to: str | None = None
    appointment: Appointment | None = None
    link: str | None = None
    address: str | None = None
    code: str | None = None


Work = ToHook | ToPerson

Result = Literal["delivered", "failed", "given up"]


class Dispatch:
    """`mail`: whether mails are sent at all. `public_url`: what links begin with."""

    def __init__(self, store: Store, keyring: Keyring, public_url: str, *, mail: bool) -> None:
        self.store, self.keyring, self.mail = store, keyring, mail
        self.links = Links(store, keyring, public_url)

    async def hand_on(self, clinic: ClinicId, taken: Instant, now: Instant) -> None:
        """Every event of the outbox to the delivery queues it belongs to. Raises `Conflict` where another
        process does the same, `Unavailable`.
        """
        while events := await self.store.outbox(clinic, EVENTS_AT_ONCE):
            changes: list[Change] = [HandOn(tuple(events))]
            hooks = await self.store.hooks(clinic)
            for each in events:
                changes += await self._queued(clinic, hooks, each, now)
            await self.store.commit(clinic, changes)
        await self.store.commit(clinic, [TaskStill(OUTBOX, taken), HandOn(()), Task(OUTBOX, None)])

    async def _queued(
        self, clinic: ClinicId, hooks: list[Hook], each: Numbered, now: Instant
    ) -> list[Change]:
        event = self._fixed(each.event)
        express = _express(event)
        queues: list[Change] = [
            Enqueue(hook.no, Message(event=event, seq=each.seq), now, express)
            for hook in hooks
            if hook.wants(event.type)
        ]
        if self.mail and event.type in MAILED_EVENTS:
            queues += [
                Enqueue(MAIL, Message(event=event, seq=each.seq, person=who), now, express)
                for who in await self._readers(clinic, event)
            ]
        if not queues and event.type in MESSAGES and event.person and event.appointment:
            # A practitioner has a page of their own and need not be told.
            missing = None if event.person == "practitioner" else Undelivered(at=now, why=NO_CHANNEL)
            return [MessageStatus(AppointmentNo(event.subject), event.person, missing)]
        return queues

    def _fixed(self, event: Event) -> Event:
        """With the key its link is signed by: retries have the same body, whatever signs meanwhile."""
        if event.link is None or event.link.key:
            return event
        return replace(event, link=replace(event.link, key=self.keyring.signing.id))

    async def _readers(self, clinic: ClinicId, event: Event) -> list[str]:
        """Who gets a mail. A practitioner has a page, and gets one only for the asking."""
        if event.type in MESSAGES:
            asked = event.type in ("link.requested", "code.requested")
            return [event.person] if event.person and (asked or event.person != "practitioner") else []
        known = await self.store.appointment(clinic, AppointmentNo(event.subject))
        if known is None:
            return []
        words = [label(known, number) for number in known.told if number != PRACTITIONER]
        return [word for word in words if word]

    async def open(self, clinic_id: ClinicId, hook: HookNo, subject: str) -> Work | None:
        """What this delivery queue is to send next; None: it is empty, or its target is gone (and it with
        it), or disabled (and all of it a dead letter).
        """
        message, _ = await self.store.head(clinic_id, hook, subject)
        if message is None:
            return None
        clinic = await clinic_of(self.store, clinic_id)
        if hook == MAIL:
            return await self._mail(clinic, message)
        target = await self._target(clinic_id, hook)
        if target is None:
            await self.store.commit(clinic_id, [AbandonQueue(hook, subject)])
            return None
        if target.disabled is not None:
            await self._to_dead_letters(clinic_id, hook, subject, target.disabled.at)
            return None
        return ToHook(message=message, hook=target, body=self.body(clinic, message))

    async def _target(self, clinic: ClinicId, hook: HookNo) -> Hook | None:
        return next((each for each in await self.store.hooks(clinic) if each.no == hook), None)

    def body(self, clinic: Clinic, message: Message) -> bytes:
        """What a webhook is sent: `{type, timestamp, data}` (CONTRACT)."""
        event = message.event
        data: dict[str, object] = {"clinic": clinic.id}
        if event.appointment is not None:
            data["appointment"] = event.appointment
        data["seq"] = message.seq
        if event.person is not None:
            data["person"] = event.person
        data |= event.facts
        if event.link is not None:
            _, data["link"] = self.links.made_of(AppointmentNo(event.subject), event.link)
        if event.code is not None:
            data["code"] = code(self.keyring, event.code.key, event.code.nonce)
            data["expires_at"] = show(event.code.expires_at)
        return msgspec.json.encode({"type": event.type, "timestamp": show(event.at), "data": data})

    async def _mail(self, clinic: Clinic, message: Message) -> ToPerson:
        event, person = message.event, message.person or ""
        if event.code is not None:
            to = await self._code_contact(clinic, event)
            digits = code(self.keyring, event.code.key, event.code.nonce)
            return ToPerson(message=message, clinic=clinic, to=to, code=digits)
        known = await self.store.appointment(clinic.id, AppointmentNo(event.subject))
        number = number_of(known, person) if known else None
        if known is None or number is None:
            return ToPerson(message=message, clinic=clinic)
        practitioner = await self.store.practitioner(clinic.id, known.practitioner)
        patient = await self.store.patient(clinic.id, known.patient)
        to, _ = contact(known, number, practitioner, patient)
        _, link = self.links.made_of(known.no, _link_of(clinic, known, number, event))
        return ToPerson(
            message=message,
            clinic=clinic,
            to=to,
            appointment=known,
            link=link,
            # A practitioner's own is on their page.
            address=self.links.address(clinic, known, number) if number == PATIENT else None,
        )

    async def _code_contact(self, clinic: Clinic, event: Event) -> str | None:
        id = str(event.facts.get("patient") or event.facts.get("practitioner") or "")
        if event.person == "practitioner":
            practitioner = await self.store.practitioner(clinic.id, id)
            return practitioner.email if practitioner else None
        patient = await self.store.patient(clinic.id, id)
        return patient.email if patient and not patient.erased else None

    async def arrived(
        self, clinic: ClinicId, hook: HookNo, message: Message, now: Instant, status: int
    ) -> None:
        """It is off the delivery queue, and the next is tried. Raises `Conflict` where another process was
        faster.
        """
        _, tried = await self.store.head(clinic, hook, message.event.subject)
        count = tried.count + 1 if tried else 1
        delivery = Delivery(message=message, state="delivered", attempts=count, at=now, status=status)
        await self.store.commit(clinic, [FinishDelivery(hook, delivery), *_status_of(message, None)])

    async def failed(
        self,
        clinic: ClinicId,
        hook: HookNo,
        message: Message,
        now: Instant,
        *,
        why: str,
        status: int = 0,
        final: bool = False,
        chance: float = 0.0,
        wait: int = 0,
        since: Instant | None = None,
        tried_at: Instant | None = None,
    ) -> Result:
        """It is tried again later, or given up and kept as a dead letter. `chance` in [0, 1) spreads tries.
        `wait`: milliseconds for which the receiver asked. `since`: when it was due for its first try, where
        that was long before. `tried_at`: when the try began, which is all that is shown of it: how long it
        took tells where a name leads.

        `given up`: the next on the delivery queue may be tried now. Raises `Conflict`, `Unavailable`.
        """
        subject = message.event.subject
        _, tried = await self.store.head(clinic, hook, subject)
        before = tried if tried is not None and tried.id == message.event.id else None
        count, first_at = (before.count + 1, before.first_at) if before else (1, min(now, since or now))
        at = tried_at or now
        statuses = _status_of(message, Undelivered(at=at, why=why))
        patience = CODE_GIVEN_UP_AFTER if message.event.code else GIVEN_UP_AFTER
        if final or now - first_at >= patience:
            dead = Delivery(message=message, state="dead", attempts=count, at=at, why=why, status=status)
            await self.store.commit(clinic, [FinishDelivery(hook, dead), *statuses])
            return "given up"
        attempts = SendAttempts(
            id=message.event.id, count=count, first_at=first_at, last_at=at, why=why, status=status
        )
        again = Task(
            delivery_queue_task(hook, subject),
            now + max(retry_delay(count, chance), min(wait, LONGEST_RETRY_AFTER)),
        )
        await self.store.commit(clinic, [SendFailed(hook, message, attempts), again, *statuses])
        return "failed"

    async def gone(self, clinic: ClinicId, hook: Hook, message: Message, now: Instant, status: int) -> None:
        """The receiver wants no more: nothing is sent there until the webhook is PUT again, and what waits
        becomes dead letters (`to_dead_letters`). Raises `Conflict`, `Unavailable`.
        """
        _, tried = await self.store.head(clinic, hook.no, message.event.subject)
        count = tried.count + 1 if tried is not None and tried.id == message.event.id else 1
        dead = Delivery(message=message, state="dead", attempts=count, at=now, why="gone", status=status)
        line = AuditLine(at=now, by="system", who="webhook", what="webhook_disabled", reason=hook.id)
        changes = [
            FinishDelivery(hook.no, dead),
            *_status_of(message, Undelivered(at=now, why="gone")),
            Put(replace(hook, disabled=Disabled(at=now, why="gone"))),
            Task(dead_letter_task(hook.no), now),
            Audit(line),
        ]
        await self.store.commit(clinic, changes)

    async def to_dead_letters(self, clinic: ClinicId, hook: HookNo, taken: Instant, now: Instant) -> None:
        """Everything that waits for a disabled webhook becomes a dead letter. Raises `Conflict`,
        `Unavailable`.
        """
        for task in await self.store.queued(TaskQueue(clinic, hook), DEAD_LETTERS_AT_ONCE):
            target = await self._target(clinic, hook)
            if target is None or target.disabled is None:
                break
            _, subject = delivery_queue_of(task.name)
            await self._to_dead_letters(clinic, hook, subject, now)
            await self.close_queue(clinic, hook, subject, task.at or 0)
        else:
            if await self.store.queued(TaskQueue(clinic, hook), 1):
                await self.store.commit(
                    clinic, [TaskStill(dead_letter_task(hook), taken), Task(dead_letter_task(hook), now)]
                )
                return
        await self.store.commit(
            clinic, [TaskStill(dead_letter_task(hook), taken), Task(dead_letter_task(hook), None)]
        )

    async def _to_dead_letters(self, clinic: ClinicId, hook: HookNo, subject: str, now: Instant) -> None:
        while messages := await self.store.messages(clinic, hook, subject, DEAD_LETTERS_AT_ONCE):
            dead = tuple(
                Delivery(message=each, state="dead", attempts=0, at=now, why=WEBHOOK_DISABLED)
                for each in messages
            )
            statuses = {
                (statuses.appointment, statuses.person): statuses
                for each in messages
                for statuses in _status_of(each, Undelivered(at=now, why=WEBHOOK_DISABLED))
            }
            await self.store.commit(clinic, [DeadLetter(hook, dead), *statuses.values()])

    async def close_queue(self, clinic: ClinicId, hook: HookNo, subject: str, taken: Instant) -> bool:
        """Whether the delivery queue is done with: nothing came while it was worked on. False: look again."""
        try:
            await self.store.commit(clinic, [CloseQueue(hook, subject, taken)])
        except Conflict:
            return await self.store.task(clinic, delivery_queue_task(hook, subject)) != taken
        return True


def retry_delay(count: int, chance: float) -> int:
    """Milliseconds after the `count`th failed try."""
    base = RETRY_DELAYS[min(count, len(RETRY_DELAYS)) - 1]
    return round(base * (1 + RETRY_JITTER * chance))


def _express(event: Event) -> Express | None:
    if event.code is not None:
        return "codes"
    return "urgent" if event.type in URGENT_EVENTS else None


def _status_of(message: Message, undelivered: Undelivered | None) -> list[MessageStatus]:
    """What is then known of the last message to a person (B3's `message_undelivered`)."""
    event = message.event
    person = message.person or event.person
    if event.type not in MESSAGES or not person or event.appointment is None:
        return []
    if undelivered is not None and undelivered.why == NO_CONTACT and person == "practitioner":
        return []
    return [MessageStatus(AppointmentNo(event.subject), person, undelivered)]


def _link_of(clinic: Clinic, known: Appointment, number: int, event: Event) -> LinkOf:
    """What this person's link is made of, also where the event is about the appointment alone."""
    if event.link is not None and event.link.number == number:
        return event.link
    return link_of(clinic, known, number)
