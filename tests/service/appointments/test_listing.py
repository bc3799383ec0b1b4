"""Lists of appointments (C5)."""

import pytest
from msgspec.structs import replace

from rooms.access.window import LONGEST_LOOK_BACK
from rooms.errors import Invalid
from rooms.policy import LONGEST_EXTENSION, LONGEST_MARGIN, LONGEST_VISIT, Policy
from rooms.ports import Put
from rooms.service.appointments import listing
from rooms.store.redis import RedisStore
from rooms.times import MINUTE, Instant
from tests.support.builders import at
from tests.support.desk import Desk


async def ids(
    desk: Desk,
    *,
    status: frozenset[str] | None = None,
    start: Instant | None = None,
    end: Instant | None = None,
    practitioner: str | None = None,
    patient: str | None = None,
    limit: int = 50,
) -> list[str]:
    """Of every page, one after the other."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        items, cursor = await desk.appointments.listing(
            desk.id, status=status, start=start, end=end, practitioner=practitioner, patient=patient,
            cursor=cursor, limit=limit, now=desk.now,
        )  # fmt: skip
        assert len(items) <= limit
        found += [each.appointment.id for each in items]
        if cursor is None:
            return found


async def a_day(desk: Desk) -> None:
    """A morning that is over, one under way at 12:00, a held one, a cancelled one, one of tomorrow."""
    await desk.book("morning", "09:00")
    await desk.book("now", "11:45")
    desk.now = at("11:55")
    await desk.book("held", "13:00", status="held", patient="bob")
    await desk.book("off", "14:00")
    await desk.cancel("off")
    await desk.book("kim", "15:00", practitioner="dr-kim", patient="bob")
    await desk.book("tomorrow", "09:00", day="2026-11-22")
    desk.now = at("12:00")


async def test_by_default_what_is_held_or_confirmed_and_not_over(desk: Desk) -> None:
    await a_day(desk)
    assert await ids(desk) == ["now", "held", "kim", "tomorrow"]


@pytest.mark.parametrize(
    ("closes_after", "extended", "closes"), [(60, 0, "11:30"), (0, 0, "10:30"), (45, 90, "12:45")]
)
async def test_it_is_to_come_until_its_window_closes(
    store: RedisStore, closes_after: float, extended: int, closes: str
) -> None:
    """However late it got, somebody may be waiting."""
    desk = await Desk(store).open(policy=Policy(closes_after_minutes=closes_after))
    made = await desk.book("a", "10:00")
    await desk.store.commit(desk.id, [Put(replace(made, extended=extended * MINUTE, others=()))])
    for now, listed in ((at(closes) - 1, ["a"]), (at(closes), [])):
        desk.now = now
        assert await ids(desk) == listed


async def test_the_longest_window_there_can_be(store: RedisStore) -> None:
    desk = await Desk(store).open(policy=Policy(closes_after_minutes=LONGEST_MARGIN / MINUTE))
    made = await desk.book("a", "10:00", minutes=LONGEST_VISIT / MINUTE)
    await desk.store.commit(desk.id, [Put(replace(made, extended=LONGEST_EXTENSION, others=()))])
    for now, listed in ((at("10:00") + LONGEST_LOOK_BACK - 1, ["a"]), (at("10:00") + LONGEST_LOOK_BACK, [])):
        desk.now = now
        assert await ids(desk) == listed


async def test_by_status_exactly(desk: Desk) -> None:
    await a_day(desk)
    assert await ids(desk, status=frozenset({"confirmed"})) == ["morning", "now", "kim", "tomorrow"]
    assert await ids(desk, status=frozenset({"held"})) == ["held"]
    assert await ids(desk, status=frozenset({"cancelled", "held"})) == ["held", "off"]
    assert await ids(desk, status=frozenset({"no_show"})) == []


async def test_by_dates_with_an_exclusive_end(desk: Desk) -> None:
    await a_day(desk)
    assert await ids(desk, start=at("11:45"), end=at("15:00")) == ["now", "held", "off"]
    assert await ids(desk, end=at("11:45")) == ["morning"]
    assert await ids(desk, start=at("00:00", "2026-11-22")) == ["tomorrow"]


async def test_by_who(desk: Desk) -> None:
    await a_day(desk)
    assert await ids(desk, practitioner="dr-kim") == ["kim"]
    assert await ids(desk, patient="bob") == ["held", "kim"]
    assert await ids(desk, patient="bob", practitioner="dr-lee") == ["held"]
    assert await ids(desk, practitioner="nobody") == []
    assert await ids(desk, patient="nobody") == []


async def test_whoever_it_was_moved_from_has_it_no_more(desk: Desk) -> None:
    await desk.book("a")
    await desk.book("a", practitioner="dr-kim", patient="bob")
    assert await ids(desk, practitioner="dr-lee") == []
    assert await ids(desk, patient="ada") == []
    assert await ids(desk, practitioner="dr-kim", patient="bob") == ["a"]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
async def test_page_by_page_everything_comes_once(desk: Desk, limit: int) -> None:
    await a_day(desk)
    assert await ids(desk, limit=limit) == ["now", "held", "kim", "tomorrow"]
    assert await ids(desk, status=frozenset({"confirmed"}), limit=limit) == [
        "morning",
        "now",
        "kim",
        "tomorrow",
    ]


@pytest.mark.parametrize("at_once", [2, 200])
async def test_pages_of_many_of_which_few_are_wanted(
    desk: Desk, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "SCANNED_AT_ONCE", at_once)
    for minute in range(30):
        made = await desk.book(f"a{minute:02}", f"10:{minute:02}", minutes=1)
        if minute % 10 != 9:
            await desk.store.commit(desk.id, [Put(replace(made, status="no_show", others=()))])
    confirmed = frozenset({"confirmed"})
    assert await ids(desk, status=confirmed, limit=1) == ["a09", "a19", "a29"]
    assert len(await ids(desk, start=at("00:00"), limit=7)) == 30


async def test_what_is_shown_is_what_get_shows(desk: Desk) -> None:
    await desk.types.put(
        desk.id, "tele", name="Tele", video=True, minutes=30, external_ids=("HD-17",), now=desk.now
    )
    await desk.book("a")
    await desk.book("b", "11:00", type=None, external_type="HD-17")
    await desk.book("c", "12:00", type=None, external_type="HD-18")
    items, _ = await desk.appointments.listing(desk.id, now=desk.now)
    assert items == [await desk.appointments.get(desk.id, id) for id in "abc"]
    assert [each.type and each.type.id for each in items] == ["consult", "tele", None]


@pytest.mark.parametrize(
    "cursor", ["x", "====", "é", "bm90IG91cnM=", "OTk5OTk5OTk5OTk5OTk5OTk5L3g=", "L0FBQQ=="]
)
async def test_a_cursor_that_is_none_of_ours(desk: Desk, cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        await desk.appointments.listing(desk.id, cursor=cursor, now=desk.now)
    assert (refused.value.code, refused.value.field) == ("cursor_invalid", "cursor")
