"""C1: a practitioner's bookable hours, changed by themselves or by the clinic."""

from typing import Any, TypeVar

from msgspec import UNSET
from msgspec.structs import asdict

from rooms.calendar import DayException, WeeklyHours
from rooms.errors import Invalid, NotFound
from rooms.service.booking.availability import HoursChanged
from rooms.service.idempotency import Act
from rooms.times import Instant
from signalling.http.callers import Answer
from signalling.http.routes import Call, Nothing
from signalling.http.schemas import render_booking
from signalling.http.schemas.booking_answers import Affected, ExceptionChanged, ExceptionList, WindowChanged
from signalling.http.schemas.booking_requests import AddException, AddWindow, ChangeWindow, RemoveHours

B = TypeVar("B")


async def get_availability(call: Call[Nothing]) -> Answer:
    """Windows and exceptions."""
    return Answer(
        200, render_booking.availability(await call.deps.availability.get(call.clinic, _whose(call)))
    )


async def list_exceptions(call: Call[Nothing]) -> Answer:
    """The exceptions alone."""
    found = await call.deps.availability.get(call.clinic, _whose(call))
    return Answer(200, ExceptionList(items=[render_booking.exception(each) for each in found.exceptions]))


async def add_window(call: Call[AddWindow]) -> Answer:
    """A new window; what overlaps another is refused."""
    asked = call.asked
    window = WeeklyHours(id="", **{name: value for name, value in asdict(asked).items() if name != "dry_run"})
    status = 200 if asked.dry_run else 201
    done = await call.deps.availability.add_window(
        Act(call.clinic, call.now, keep=call.keep(lambda made: Answer(status, _window(made, call.now)))),
        _whose(call),
        window,
        dry_run=asked.dry_run,
    )
    return Answer(status, _window(done, call.now))


async def change_window(call: Call[ChangeWindow]) -> Answer:
    """What of it is given; nothing that is booked changes."""
    asked: dict[str, Any] = {
        name: value for name, value in asdict(call.asked).items() if value is not UNSET and name != "dry_run"
    }
    done = await call.deps.availability.change_window(
        Act(call.clinic, call.now), _whose(call), call.path["window"], asked, dry_run=call.asked.dry_run
    )
    return Answer(200, _window(done, call.now))


async def remove_window(call: Call[RemoveHours]) -> Answer:
    """Soft delete."""
    done = await call.deps.availability.remove_window(
        Act(call.clinic, call.now), _whose(call), call.path["window"], dry_run=call.asked.dry_run == "true"
    )
    return Answer(200, Affected(affected=render_booking.affected(done, call.now)))


async def add_exception(call: Call[AddException]) -> Answer:
    """Closed, for a part of a day or for weeks; or extra hours."""
    asked = call.asked
    if asked.kind == "extra" and asked.slot_minutes is None:
        raise Invalid("field_required", "Say how long a slot is.", field="slot_minutes")
    if asked.kind == "closed" and (asked.slot_minutes is not None or asked.buffer_minutes is not None):
        raise Invalid("value_invalid", "What is closed has no slots.", field="slot_minutes")
    exception = DayException(
        id="",
        date=asked.date,
        until=None if asked.until == asked.date else asked.until,
        kind=asked.kind,
        start_minute=asked.start_minute,
        end_minute=asked.end_minute,
        slot_minutes=asked.slot_minutes or 0,
        buffer_minutes=asked.buffer_minutes or 0,
        note=asked.note,
    )
    status = 200 if asked.dry_run else 201
    done = await call.deps.availability.add_exception(
        Act(call.clinic, call.now, keep=call.keep(lambda made: Answer(status, _exception(made, call.now)))),
        _whose(call),
        exception,
        dry_run=asked.dry_run,
    )
    return Answer(status, _exception(done, call.now))


async def remove_exception(call: Call[RemoveHours]) -> Answer:
    """Soft delete."""
    done = await call.deps.availability.remove_exception(
        Act(call.clinic, call.now), _whose(call), call.path["exception"], dry_run=call.asked.dry_run == "true"
    )
    return Answer(200, Affected(affected=render_booking.affected(done, call.now)))


def _whose(call: Call[B]) -> str:
    """A practitioner's link is for their own hours only. Raises `NotFound`."""
    id = call.path["id"]
    if call.caller.scope == "practitioner" and call.caller.practitioner != id:
        raise NotFound("not_found", "There is no such practitioner.")
    return id


def _window(done: HoursChanged, now: Instant) -> WindowChanged:
    assert done.window is not None  # noqa: S101 - these calls change one
    return render_booking.window_changed(done, done.window, now)


def _exception(done: HoursChanged, now: Instant) -> ExceptionChanged:
    assert done.exception is not None  # noqa: S101 - these calls change one
    return render_booking.exception_changed(done, done.exception, now)
