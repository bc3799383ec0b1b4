"""What the front desk does with links, and the record of it (A9, B3, B6)."""

from rooms.errors import Invalid
from signalling.http.callers import Answer
from signalling.http.calls.appointments import PAGE, span, view_for
from signalling.http.routes import Call
from signalling.http.shapes import show_links
from signalling.http.shapes.link_answers import AuditList, FoundList, LinkRows
from signalling.http.shapes.link_requests import Extend, FindLinks, ListLinks, Paged, Resend, Revoke


async def list_links(call: Call[ListLinks]) -> Answer:
    """Everybody's link: of what is to come, or of what has none and should (B6)."""
    asked, diagnosing = call.asked, call.deps.diagnosing
    if asked.usable == "false":
        rows, cursor = await diagnosing.unusable(call.clinic, asked.cursor, asked.limit or PAGE, call.now)
    else:
        start, end = await span(call)
        listed, cursor = await call.deps.appointments.listing(
            call.clinic,
            start=start,
            end=end,
            practitioner=asked.practitioner,
            patient=asked.patient,
            cursor=asked.cursor,
            limit=asked.limit or PAGE,
            now=call.now,
        )
        rows = await diagnosing.upcoming(call.clinic, listed, call.now)
    healing = show_links.healing(await diagnosing.healing(call.clinic))
    items = [show_links.link_row(row, call.now) for row in rows]
    return Answer(200, LinkRows(items=items, next_cursor=cursor, healing=healing))


async def find_links(call: Call[FindLinks]) -> Answer:
    """B3, as a caller would say it: whose practice, and about when."""
    rows = await call.deps.diagnosing.found(call.clinic, call.asked.practitioner, call.asked.at, call.now)
    return Answer(200, FoundList(items=[show_links.found(row, call.now) for row in rows]))


async def resend_link(call: Call[Resend]) -> Answer:
    """A9; after a revoke with a new generation."""
    view = await view_for(call, call.path["id"])
    done = await call.deps.standing.resend(
        call.clinic,
        call.path["id"],
        call.asked.person,
        actor=call.caller.actor,
        reason=call.asked.reason,
        now=call.now,
        keep=call.keep(lambda made: Answer(200, view(made))),
    )
    return Answer(200, view(done))


async def revoke_persons_link(call: Call[Revoke]) -> Answer:
    """A9, A2."""
    view = await view_for(call, call.path["id"])
    done = await call.deps.standing.revoke(
        call.clinic,
        call.path["id"],
        call.asked.person,
        actor=call.caller.actor,
        reason=call.asked.reason,
        now=call.now,
        keep=call.keep(lambda made: Answer(200, view(made))),
    )
    return Answer(200, view(done))


async def extend_window(call: Call[Extend]) -> Answer:
    """D2."""
    view = await view_for(call, call.path["id"])
    done = await call.deps.standing.extend(
        call.clinic,
        call.path["id"],
        call.asked.minutes,
        actor=call.caller.actor,
        reason=call.asked.reason,
        now=call.now,
        keep=call.keep(lambda made: Answer(200, view(made))),
    )
    return Answer(200, view(done))


async def list_audit(call: Call[Paged]) -> Answer:
    """A9: who did what to whose link, and why."""
    limit = call.asked.limit or PAGE
    found = await call.deps.store.audit(call.clinic, _place(call.asked.cursor), limit)
    more = str(found[-1][0]) if found and found[-1][0] > 0 else None
    return Answer(200, AuditList(items=[show_links.audit(line) for _, line in found], next_cursor=more))


def _place(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not cursor.isdigit() or len(cursor) > 9:
        raise Invalid("cursor_invalid", "Use next_cursor as it came.", field="cursor")
    return int(cursor)
