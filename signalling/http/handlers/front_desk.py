"""What the front desk does with links, and the record of it (A9, B3, B6)."""

from functools import partial

from rooms.errors import Invalid
from signalling.http.callers import Answer
from signalling.http.handlers.appointments import ITEMS_OF_A_PAGE, answer_act, asked_span
from signalling.http.routes import Call
from signalling.http.schemas import render_links
from signalling.http.schemas.link_answers import AuditList, FoundList, LinkRows
from signalling.http.schemas.link_requests import Extend, FindLinks, ListLinks, Resend, Revoke
from signalling.http.schemas.requests import Paged


async def list_links(call: Call[ListLinks]) -> Answer:
    """Everybody's link: of what is to come, or of what has none and should (B6)."""
    asked, diagnosing = call.asked, call.deps.diagnosis
    if asked.usable == "false":
        rows, cursor = await diagnosing.unusable(
            call.clinic, asked.cursor, asked.limit or ITEMS_OF_A_PAGE, call.now
        )
    else:
        start, end = await asked_span(call)
        listed, cursor = await call.deps.appointments.listing(
            call.clinic,
            start=start,
            end=end,
            practitioner=asked.practitioner,
            patient=asked.patient,
            cursor=asked.cursor,
            limit=asked.limit or ITEMS_OF_A_PAGE,
            now=call.now,
        )
        rows = await diagnosing.rows(listed, call.now)
    healing = render_links.backfill_run(await diagnosing.backfill_run(call.clinic))
    items = [render_links.link_row(row, call.now) for row in rows]
    return Answer(200, LinkRows(items=items, next_cursor=cursor, healing=healing))


async def find_links(call: Call[FindLinks]) -> Answer:
    """B3, as a caller would say it: whose practice, and about when."""
    rows = await call.deps.diagnosis.found(call.clinic, call.asked.practitioner, call.asked.at, call.now)
    return Answer(200, FoundList(items=[render_links.found(row, call.now) for row in rows]))


async def resend_link(call: Call[Resend]) -> Answer:
    """A9; after a revoke with a new generation."""
    asked = call.asked
    return await answer_act(call, partial(call.deps.staff_acts.resend, person=asked.person), asked.reason)


async def revoke_persons_link(call: Call[Revoke]) -> Answer:
    """A9, A2."""
    asked = call.asked
    return await answer_act(call, partial(call.deps.staff_acts.revoke, person=asked.person), asked.reason)


async def extend_window(call: Call[Extend]) -> Answer:
    """D2."""
    asked = call.asked
    return await answer_act(call, partial(call.deps.staff_acts.extend, minutes=asked.minutes), asked.reason)


async def list_audit(call: Call[Paged]) -> Answer:
    """A9: who did what to whose link, and why."""
    limit = call.asked.limit or ITEMS_OF_A_PAGE
    found = await call.deps.store.audit(call.clinic, _place(call.asked.cursor), limit)
    more = str(found[-1][0]) if found and found[-1][0] > 0 else None
    return Answer(200, AuditList(items=[render_links.audit(line) for _, line in found], next_cursor=more))


def _place(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not cursor.isdigit() or len(cursor) > 9:
        raise Invalid("cursor_invalid", "Use next_cursor as it came.", field="cursor")
    return int(cursor)
