"""What a store must offer for what leaves this server: events in an outbox, lanes to each target, tasks that
come due, the audit.

A lane holds what is to reach one target about one subject, in order; only its head is tried (F6).
"""

from collections.abc import Sequence
from typing import Protocol

from rooms.changes import Change
from rooms.credentials import Challenge, Database, Device
from rooms.events import (
    Attempts,
    AuditLine,
    Delivery,
    Event,
    Healing,
    Hook,
    HookNo,
    Numbered,
    Parcel,
    Undelivered,
)
from rooms.ids import AppointmentNo, ClinicId
from rooms.times import Instant

MAIL = HookNo("mail")
"""The target that is no webhook."""

OUTBOX = "outbox"
"""The task of handing events on to lanes."""

HEAL = "heal"
"""The task of a healing run (B4)."""


def lane_task(hook: HookNo, subject: str) -> str:
    """The task of a lane."""
    return f"lane/{hook}/{subject}"


def reminder_task(appointment: AppointmentNo) -> str:
    """The task of an appointment's next reminder (A10)."""
    return f"remind/{appointment}"


def expiry_task(appointment: AppointmentNo) -> str:
    """The task of a hold's deadline (C4)."""
    return f"expire/{appointment}"


def clash_task(id: str) -> str:
    """The task of forgetting what a sync could not place, when its time is over (C3)."""
    return f"clash/{id}"


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


class Enqueue(Change, frozen=True):
    """Put a parcel at the end of a lane, which is due at `at` unless it is already waiting."""

    hook: HookNo
    parcel: Parcel
    at: Instant


class Settle(Change, frozen=True):
    """Take a parcel off a lane's head, where it still is, and write down what became of it."""

    hook: HookNo
    delivery: Delivery


class Failed(Change, frozen=True):
    """A try at a lane's head failed; it stays there, where it still is."""

    hook: HookNo
    parcel: Parcel
    attempts: Attempts


class Abandon(Change, frozen=True):
    """Forget a lane: its target is gone."""

    hook: HookNo
    subject: str


class Rest(Change, frozen=True):
    """A lane is empty and its task, due at `at` since it was taken, is done; neither may have changed."""

    hook: HookNo
    subject: str
    at: Instant


class Unearth(Change, frozen=True):
    """Take a dead letter back, where it still is."""

    hook: HookNo
    id: str


class Told(Change, frozen=True):
    """What is known of the last message to a person; None: it arrived."""

    appointment: AppointmentNo
    person: str
    undelivered: Undelivered | None


class Audit(Change, frozen=True):
    """Append to the clinic's audit (A9)."""

    line: AuditLine


class Outgoing(Protocol):
    """Part of `rooms.ports.Store`."""

    async def clinics_with_tasks(self, now: Instant, limit: int = 100) -> list[ClinicId]:
        """Clinics that may have tasks due (a hint)."""

    async def tasks(self, clinic: ClinicId, now: Instant, limit: int = 100) -> list[Task]:
        """Those due, the longest ago first."""

    async def task(self, clinic: ClinicId, name: str) -> Instant | None:
        """When it is due; None: there is none of that name."""

    async def outbox(self, clinic: ClinicId, limit: int) -> list[Numbered]:
        """The oldest events that are not handed on yet."""

    async def head(
        self, clinic: ClinicId, hook: HookNo, subject: str
    ) -> tuple[Parcel | None, Attempts | None]:
        """What a lane tries next, and how that went so far."""

    async def hooks(self, clinic: ClinicId) -> list[Hook]: ...
    async def hook(self, clinic: ClinicId, id: str) -> Hook | None: ...
    async def struggling(self, clinic: ClinicId, hook: HookNo) -> list[tuple[Parcel, Attempts]]:
        """Heads of lanes that were tried without success."""

    async def settled(self, clinic: ClinicId, hook: HookNo, limit: int) -> list[Delivery]:
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
    async def healing(self, clinic: ClinicId) -> Healing | None: ...
    async def challenge(self, place: str) -> Challenge | None: ...
    async def device(self, clinic: ClinicId, digest: str) -> Device | None: ...
    async def database(self, id: str) -> Database | None: ...
    async def take(self, clinic: ClinicId, what: str, most: int, milliseconds: int) -> int:
        """Count one: 0, or the milliseconds until there is room again for `what`, of which `most` are allowed
        in a window.
        """
