"""Why is there no link? Found as a caller says it, and all that have none (B3, B4, B6)."""

from typing import Any

import pytest

from rooms.calendar import GuestRequest
from rooms.errors import Invalid, NotFound
from rooms.events import Undelivered
from rooms.outgoing import MessageStatus
from rooms.records import Appointment
from rooms.service import load
from rooms.service.idempotency import Act
from rooms.service.links import diagnosis
from rooms.service.links.diagnosis import LinkRow
from rooms.store import RedisStore
from rooms.times import MINUTE
from tests.service.live.scene import change
from tests.support.builders import at
from tests.support.desk import DESK, Desk

CARER = GuestRequest(id="carer", name="Cyrus Carer", phone="+1")
NAMELESS = GuestRequest(id="other", name="")


async def found(desk: Desk, practitioner: str, when: str) -> list[str]:
    rows = await desk.diagnosis.found(desk.id, practitioner, when, desk.now)
    return [row.shown.appointment.id for row in rows]


async def row(desk: Desk, id: str = "a") -> LinkRow:
    [its] = await desk.diagnosis.rows([await desk.appointments.get(desk.id, id)], desk.now)
    return its


async def undelivered(desk: Desk, person: str, why: str) -> None:
    told = MessageStatus((await desk.get("a")).no, person, Undelivered(at=desk.now, why=why))
    await desk.store.commit(desk.id, [told])


# As a caller says it


@pytest.mark.parametrize("name", ["dr-lee", "lee", "LEE", "Dr Lee", "le", "dr l", "lee dr"])
async def test_by_id_or_some_words_of_the_name(desk: Desk, name: str) -> None:
    await desk.book("a")
    await desk.book("kims", practitioner="dr-kim", patient="bob")
    assert await found(desk, name, "2026-11-21T10:00:00Z") == ["a"]


async def test_several_who_are_called_so(desk: Desk) -> None:
    await desk.book("a")
    await desk.book("b", "10:15", practitioner="dr-kim", patient="bob")
    assert await found(desk, "dr", "2026-11-21T10:10:00Z") == ["b", "a"], "the nearest first"


@pytest.mark.parametrize("name", ["ee", "lee kim", "nobody"])
async def test_nobody_is_called_so(desk: Desk, name: str) -> None:
    with pytest.raises(NotFound) as refused:
        await desk.diagnosis.found(desk.id, name, "2026-11-21T10:00:00Z", desk.now)
    assert (refused.value.code, refused.value.facts) == ("practitioner_unknown", {"field": "practitioner"})


async def test_what_begins_within_an_hour_and_a_half(desk: Desk) -> None:
    await desk.book("a", "10:00")
    await desk.book("b", "13:00")
    assert await found(desk, "lee", "2026-11-21T11:29:59Z") == ["a"]
    assert await found(desk, "lee", "2026-11-21T08:30:01Z") == ["a"]
    assert await found(desk, "lee", "2026-11-21T08:30:00Z") == []
    assert await found(desk, "lee", "2026-11-21T11:30:00Z") == ["a"]


@pytest.mark.parametrize(
    ("said", "starts", "day"),
    [
        ("2026-11-21 10:00", "09:00", "2026-11-21"),  # CET
        ("2026-07-01T10:00", "08:00", "2026-07-01"),  # CEST
        ("2026-07-01T10:00:00Z", "10:00", "2026-07-01"),
        ("2026-10-25T02:30:00+02:00", "00:30", "2026-10-25"),
        ("2026-10-25T02:30:00+01:00", "01:30", "2026-10-25"),
    ],
)
async def test_by_the_clinic_s_clock(
    store: RedisStore, monkeypatch: pytest.MonkeyPatch, said: str, starts: str, day: str
) -> None:
    monkeypatch.setattr(diagnosis, "CALLER_TOLERANCE", MINUTE)
    desk = await Desk(store).open(zone="Europe/Berlin")
    desk.now = at("00:00", "2026-06-01")
    await desk.book("a", starts, day=day)
    assert await found(desk, "lee", said) == ["a"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("2026-03-29 02:30", "time_nonexistent"),
        ("2026-10-25 02:30", "time_ambiguous"),
        ("yesterday at ten", "time_invalid"),
        ("2026-02-30T10:00", "time_invalid"),
        ("2300-01-01T10:00:00Z", "time_out_of_range"),
    ],
)
async def test_times_that_are_none(store: RedisStore, said: str, code: str) -> None:
    desk = await Desk(store).open(zone="Europe/Berlin")
    with pytest.raises(Invalid) as refused:
        await found(desk, "lee", said)
    assert (refused.value.code, refused.value.field) == (code, "at")


# What a row says


async def test_everybody_s_link(desk: Desk) -> None:
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", email="lee@c.example", now=desk.now)
    await desk.book("a", patient="bob", guests=(CARER, NAMELESS))
    await desk.staff_acts.revoke(Act(desk.id, desk.now, DESK, reason="lost"), "a", "guest:carer")
    its = await row(desk)
    assert its.patient is not None
    assert its.patient.id == "bob"
    assert [(p.person, p.name, p.failed, p.revoked, p.has_contact, p.told) for p in its.people] == [
        ("patient", "Bob", (), False, False, True),
        ("practitioner", "Dr Lee", (), False, True, True),
        ("guest:carer", "Cyrus Carer", ("revoked",), True, True, True),
        ("guest:other", None, (), False, False, True),
    ]


async def test_what_failed_comes_first_and_what_blocks_before_that(desk: Desk) -> None:
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", video_enabled=False, now=desk.now)
    await desk.book("a", patient="bob")
    checks = (await row(desk)).checks
    assert [(each.code, each.blocking) for each in checks if not each.passed] == [
        ("practitioner_not_video_enabled", True), ("contact_missing", False),
    ]  # fmt: skip
    assert [each.passed for each in checks] == sorted(each.passed for each in checks)
    passed = [each.blocking for each in checks if each.passed]
    assert passed == sorted(passed, reverse=True)


async def test_whether_the_last_message_arrived(desk: Desk) -> None:
    """What is on its way has not failed."""
    await desk.book("a", guests=(CARER,))
    its = await row(desk)
    assert [each.undelivered.why for each in its.people if each.undelivered] == ["pending"] * 3
    assert "message_undelivered" not in await failing(desk)
    await undelivered(desk, "guest:carer", "timeout")
    assert "message_undelivered" not in await failing(desk)
    assert "message_undelivered" in await failing(desk, 2)
    await undelivered(desk, "patient", "timeout")
    assert "message_undelivered" in await failing(desk)
    its = await row(desk)
    [check] = [each for each in its.checks if each.code == "message_undelivered"]
    assert (check.passed, check.blocking) == (False, False)
    assert "timeout" in check.message
    await desk.store.commit(desk.id, [MessageStatus((await desk.get("a")).no, "patient", None)])
    assert "message_undelivered" not in await failing(desk)


async def failing(desk: Desk, person: int = 1, id: str = "a") -> list[str]:
    checks = await desk.diagnosis.of(desk.id, id, desk.now, person)
    return [each.code for each in checks if not each.passed]


async def test_each_persons_checks(desk: Desk) -> None:
    await desk.book("a", patient="bob", guests=(CARER, NAMELESS))
    await desk.staff_acts.revoke(Act(desk.id, desk.now, DESK, reason="lost"), "a", "guest:carer")
    assert [await failing(desk, number) for number in (0, 1, 2, 3)] == [
        ["contact_missing"], ["contact_missing"], ["revoked"], ["contact_missing"],
    ]  # fmt: skip
    with pytest.raises(NotFound):
        await failing(desk, id="nothing")


async def test_whoever_is_gone_or_erased_has_no_name(desk: Desk) -> None:
    await desk.book("a", "08:00", guests=(CARER,))
    desk.now = at("12:00")
    await desk.erase("ada")
    await desk.practitioners.delete(desk.id, "dr-lee", now=desk.now)
    its = await row(desk)
    assert [each.name for each in its.people] == [None, None, None]
    assert [each.has_contact for each in its.people] == [False, False, False]


async def test_a_page_of_a_list(desk: Desk) -> None:
    await desk.book("a")
    await desk.book("b", "11:00", patient="bob")
    page, _ = await desk.appointments.listing(desk.id, now=desk.now)
    rows = await desk.diagnosis.rows(page, desk.now)
    assert [(each.shown.appointment.id, each.patient.name) for each in rows if each.patient] == [
        ("a", "Ada"), ("b", "Bob"),
    ]  # fmt: skip
    assert await desk.diagnosis.rows([], desk.now) == []


# Without a usable link


async def without_a_link(desk: Desk, count: int) -> list[Appointment]:
    return [await desk.book(f"a{n}", f"{10 + n}:00", type=None, external_type="LONG") for n in range(count)]


async def unusable(desk: Desk, limit: int = 50) -> list[list[str]]:
    """All pages of it."""
    pages, cursor = list[list[str]](), None
    while True:
        rows, cursor = await desk.diagnosis.unusable(desk.id, cursor, limit, desk.now)
        pages.append([each.shown.appointment.id for each in rows])
        if cursor is None:
            return pages


async def test_what_is_on_the_list(desk: Desk) -> None:
    """Video appointments to come without a link: none that is held, in person, over, or has its link."""
    await desk.types.put(desk.id, "visit", name="At the clinic", video=False, minutes=30, now=desk.now)
    await without_a_link(desk, 2)
    await desk.book("held", "12:00", type=None, external_type="LONG", status="held")
    await desk.book("in-person", "13:00", type="visit")
    await desk.book("good", "14:00")
    await desk.book("off", "15:00", type=None, external_type="LONG")
    await desk.cancel("off")
    assert await unusable(desk) == [["a0", "a1"]]
    [first, _], _ = await desk.diagnosis.unusable(desk.id, None, 50, desk.now)
    assert [each.code for each in first.checks if each.blocking and not each.passed] == ["type_not_linked"]


async def test_until_the_window_closes(desk: Desk) -> None:
    await without_a_link(desk, 1)
    desk.now = at("11:30") - 1
    assert await unusable(desk) == [["a0"]]
    desk.now = at("11:30")
    assert await unusable(desk) == [[]]
    await desk.staff_acts.extend(Act(desk.id, desk.now, DESK, reason="late"), "a0", 1)
    assert await unusable(desk) == [["a0"]]
    desk.now = at("11:31")
    assert await unusable(desk) == [[]]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6])
async def test_paged_whatever_is_between(desk: Desk, limit: int) -> None:
    await desk.types.put(desk.id, "visit", name="At the clinic", video=False, minutes=30, now=desk.now)
    await without_a_link(desk, 5)
    for n in range(5):
        await desk.book(f"v{n}", f"{10 + n}:30", type="visit")
    pages = await unusable(desk, limit)
    assert [id for page in pages for id in page] == ["a0", "a1", "a2", "a3", "a4"]
    assert all(len(page) == limit for page in pages[:-1])
    assert 0 < len(pages[-1]) <= limit


async def test_only_a_cursor_is_a_cursor(desk: Desk) -> None:
    with pytest.raises(Invalid, match="cursor_invalid"):
        await desk.diagnosis.unusable(desk.id, "x", 5, desk.now)


# What switching off would touch


async def affected(desk: Desk, **said: Any) -> list[str]:
    return [each.appointment.id for each in await desk.diagnosis.affected(desk.id, desk.now, **said)]


async def test_of_a_practitioner(desk: Desk) -> None:
    await desk.book("a")
    await desk.book("kims", practitioner="dr-kim", patient="bob")
    await desk.book("held", "11:00", status="held")
    await desk.book("none", "12:00", type=None, external_type="LONG")
    await desk.book("off", "13:00")
    await desk.cancel("off")
    assert await affected(desk, practitioner="dr-lee") == ["a"]
    [its] = await desk.diagnosis.affected(desk.id, desk.now, practitioner="dr-lee")
    assert (its.practitioner and its.practitioner.id, its.type and its.type.id) == ("dr-lee", "consult")
    desk.now = at("11:30") - 1
    assert await affected(desk, practitioner="dr-lee") == ["a"], "its link works until its window closes"
    desk.now = at("11:30")
    assert await affected(desk, practitioner="dr-lee") == []


async def test_of_a_type(desk: Desk) -> None:
    """What an external system calls it counts."""
    await desk.types.put(
        desk.id, "long", name="Long", video=True, minutes=60, external_ids=("LONG",), now=desk.now
    )
    await desk.book("a")
    await desk.book("b", "11:00", type="long")
    await desk.book("c", "12:00", type=None, external_type="LONG")
    await desk.book("d", "13:00", practitioner="dr-kim", type="long")
    assert await affected(desk, type="long") == ["b", "c", "d"]
    seen = await desk.diagnosis.affected(desk.id, desk.now, type="long")
    assert [each.practitioner and each.practitioner.name for each in seen] == ["Dr Lee", "Dr Lee", "Dr Kim"]
    assert await affected(desk, type="long", practitioner="dr-lee") == ["b", "c"]
    assert await affected(desk) == ["a", "b", "c", "d"]
    await desk.types.delete(desk.id, "consult", now=desk.now)
    assert await affected(desk, type="long") == ["b", "c", "d"]


async def test_so_many_at_most(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "PAGE_SIZE", 2)
    monkeypatch.setattr(diagnosis, "MOST_AFFECTED", 3)
    for n in range(6):
        await desk.book(f"a{n}", f"{10 + n}:00")
    assert await affected(desk, practitioner="dr-lee") == ["a0", "a1", "a2"]


@pytest.mark.parametrize("said", [{"practitioner": "nobody"}, {"type": "nothing"}])
async def test_of_nothing_there_is(desk: Desk, said: dict[str, str]) -> None:
    with pytest.raises(NotFound):
        await affected(desk, **said)


async def test_no_run_yet(desk: Desk, store: RedisStore) -> None:
    """Practitioners and types that are made begin one, which is over at once."""
    run = await desk.diagnosis.backfill_run(desk.id)
    assert run is not None
    assert (run.total, run.finished_at) == (0, desk.now)
    assert await Desk(store).diagnosis.backfill_run(Desk(store).id) is None


async def test_a_practitioner_who_is_gone_meanwhile(desk: Desk) -> None:
    """The row says so."""
    await desk.book("a", "08:00")
    await change(desk, "a", issued_at=0)
    desk.now = at("09:59")
    its = await row(desk)
    assert "practitioner_not_video_enabled" not in {each.code for each in its.checks if not each.passed}
    desk.now = at("12:00")
    await desk.practitioners.delete(desk.id, "dr-lee", now=desk.now)
    its = await row(desk)
    assert "practitioner_not_video_enabled" in {each.code for each in its.checks if not each.passed}
