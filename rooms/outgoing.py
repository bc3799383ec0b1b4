"""What a store must offer for what leaves this server: events in an outbox, delivery queues to each target,
tasks that come due, the audit.

A delivery queue holds what is to reach one target about one subject, in order; only its head is tried (F6).
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol, get_args

from rooms.changes import Change
from rooms.credentials import Challenge, Database, Device
from rooms.events import (
    AuditLine,
    BackfillRun,
    Delivery,
    Event,
    Hook,
    HookNo,
    Message,
    Numbered,
    SendAttempts,
    Undelivered,
)
from rooms.ids import AppointmentNo, ClinicId
from rooms.times import Instant

MAIL = HookNo("mail")
"""The target that is no webhook."""

OUTBOX = "outbox"
"""The task of handing events on to delivery queues."""

BACKFILL = "heal"
"""The task of a backfill run (B4)."""

Express = Literal["codes", "urgent"]
"""What goes before the rest of its clinic: one-time codes, and what somebody acts upon now."""

EXPRESS: tuple[Express, ...] = get_args(Express)

DELIVERY, DEAD_LETTERS, REMINDER, HOLD_EXPIRY, CLASH = "lane", "bury", "remind", "expire", "clash"
"""Kinds of tasks, as their names begin. They are stored, hence what they always were."""

STORE_TASKS = ""
"""The queue of tasks that need nothing but the store."""


class TaskQueue(NamedTuple):
    """Tasks of one clinic that wait for one another and for no others: `STORE_TASKS`, `OUTBOX`, each
    `Express`, `MAIL`, and one for each webhook, so that neither a receiver nor a backlog stands before what
    is not its own.
    """

    clinic: ClinicId
    name: str


def queue_of(task: str) -> str:
    """The name of the queue that a task waits in."""
    kind = kind_of(task)
    if kind == DELIVERY:
        return delivery_queue_of(task)[0]
    return kind if kind in (*EXPRESS, OUTBOX) else STORE_TASKS


def kind_of(task: str) -> str:
    """What its name begins with."""
    return task.partition("/")[0]


def about(task: str) -> str:
    """The number of the one thing it is about: an appointment, a webhook, a clash."""
    return task.partition("/")[2]


def delivery_queue_of(task: str) -> tuple[HookNo, str]:
    """Target and subject of the delivery queue whose task it is, or that an express one points at."""
    _, hook, subject = task.split("/")
    return HookNo(hook), subject


def delivery_queue_task(hook: HookNo, subject: str) -> str:
    """The task of a delivery queue."""
    return f"{DELIVERY}/{hook}/{subject}"


def express_task(express: Express, hook: HookNo, subject: str) -> str:
    """The task of looking at that delivery queue before the others of its queue."""
    return f"{express}/{hook}/{subject}"


def dead_letter_task(hook: HookNo) -> str:
    """The task of giving up everything that waits for a disabled webhook."""
    return f"{DEAD_LETTERS}/{hook}"


def reminder_task(appointment: AppointmentNo) -> str:
    """The task of an appointment's next reminder (A10)."""
    return f"{REMINDER}/{appointment}"


def expiry_task(appointment: AppointmentNo) -> str:
    """The task of a hold's deadline (C4)."""
    return f"{HOLD_EXPIRY}/{appointment}"


def clash_task(id: str) -> str:
    """The task of forgetting what a sync could not place, when its time is over (C3)."""
    return f"{CLASH}/{id}"


class Emit(Change, frozen=True):
    """Append to the clinic's outbox, numbered within its subject, and have it handed on."""

    event: Event


class Task(Change, frozen=True):
    """Have this done at `at`; None: no more."""

    name: str
    at: Instant | None


class TaskStill(Change, frozen=True):
    """Only compare: the task is still due then, so nobody else has taken it or put it off."""

    name: str
    at: Instant


class HandOn(Change, frozen=True):
    """Take events off the outbox's head: they are still these."""

    events: tuple[Numbered, ...]


class Requeue(Change, frozen=True):
    """Move a task, due at `at`, out of `STORE_TASKS`, where versions before had all of them, to the queue it
    waits in now, unless it is there.
    """

    name: str
    at: Instant


class Enqueue(Change, frozen=True):
    """Put a message at the end of a delivery queue, which is due at `at` unless it is already waiting."""

    hook: HookNo
    message: Message
    at: Instant
    express: Express | None = None


class FinishDelivery(Change, frozen=True):
    """Take a message off a delivery queue's head, where it still is, and write down what became of it."""

    hook: HookNo
    delivery: Delivery


class SendFailed(Change, frozen=True):
    """A try at a delivery queue's head failed; it stays there, where it still is."""

    hook: HookNo
    message: Message
    attempts: SendAttempts


class DeadLetter(Change, frozen=True):
    """Take these, which are all of one delivery queue's head, off it as dead letters."""

    hook: HookNo
    deliveries: tuple[Delivery, ...]


class AbandonQueue(Change, frozen=True):
    """Forget a delivery queue: its target is gone."""

    hook: HookNo
    subject: str


class CloseQueue(Change, frozen=True):
    """A delivery queue is empty and its task, due at `at` since it was taken, is done; neither may have
    changed.
    """

    hook: HookNo
    subject: str
    at: Instant


class ReplayDeadLetter(Change, frozen=True):
    """Take a dead letter back, where it still is."""

    hook: HookNo
    id: str


class MessageStatus(Change, frozen=True):
    """What is known of the last message to a person; None: it arrived."""

    appointment: AppointmentNo
    person: str
    undelivered: Undelivered | None


class Audit(Change, frozen=True):
    """Append to the clinic's audit (A9)."""

    line: AuditLine


class OutgoingStore(Protocol):
    """Part of `rooms.ports.Store`."""

    async def queues_due(self, now: Instant, limit: int = 100, skip: int = 0) -> list[TaskQueue]:
        """Queues that may have tasks due (a hint), the longest ago first."""

    async def refresh_queue(self, queue: TaskQueue) -> None:
        """Set that hint anew from the queue itself."""

    async def tasks(self, queue: TaskQueue, now: Instant, limit: int = 100) -> list[Task]:
        """Those due, the longest ago first."""

    async def queued(self, queue: TaskQueue, limit: int) -> list[Task]:
        """All, due or not, in order."""

    async def task(self, clinic: ClinicId, name: str) -> Instant | None:
        """When it is due; None: there is none of that name."""

    async def outbox(self, clinic: ClinicId, limit: int) -> list[Numbered]:
        """The oldest events that are not handed on yet."""

    async def head(
        self, clinic: ClinicId, hook: HookNo, subject: str
    ) -> tuple[Message | None, SendAttempts | None]:
        """What a delivery queue tries next, and how that went so far."""

    async def messages(self, clinic: ClinicId, hook: HookNo, subject: str, limit: int) -> list[Message]:
        """A delivery queue's, from its head."""

    async def hooks(self, clinic: ClinicId) -> list[Hook]: ...
    async def hook(self, clinic: ClinicId, id: str) -> Hook | None: ...
    async def struggling(self, clinic: ClinicId, hook: HookNo) -> list[tuple[Message, SendAttempts]]:
        """Heads of delivery queues that were tried without success."""

    async def finished(self, clinic: ClinicId, hook: HookNo, limit: int) -> list[Delivery]:
        """The last deliveries, newest first."""

    async def dead(self, clinic: ClinicId, hook: HookNo) -> list[Delivery]: ...
    async def undelivered(
        self, clinic: ClinicId, wanted: Sequence[tuple[AppointmentNo, str]]
    ) -> list[Undelivered | None]: ...
    async def audit(self, clinic: ClinicId, before: int | None, limit: int) -> list[tuple[int, AuditLine]]:
        """Lines and their places, newest first, from the place before `before`."""

    async def unissued(
        self, clinic: ClinicId, after: tuple[Instant, str] | None, limit: int
    ) -> list[tuple[Instant, AppointmentNo]]:
        """Live appointments without a link, in order of start."""

    async def unissued_count(self, clinic: ClinicId) -> int: ...
    async def backfill_run(self, clinic: ClinicId) -> BackfillRun | None: ...
    async def challenge(self, place: str) -> Challenge | None: ...
    async def device(self, clinic: ClinicId, digest: str) -> Device | None: ...
    async def database(self, id: str) -> Database | None: ...
    async def take(self, clinic: ClinicId, what: str, most: int, milliseconds: int) -> int:
        """Count one: 0, or the milliseconds until there is room again for `what`, of which `most` are allowed
        in a window.
        """
