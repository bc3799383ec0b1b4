"""Somebody is invited: a link in the same commit, told once, written down; a sync leaves them there (D9)."""

from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace

from rooms.calendar import GuestRequest
from rooms.changes import Remember
from rooms.errors import NotFound
from rooms.events import PENDING, AuditLine, Undelivered
from rooms.policy import GUESTS
from rooms.ports import Put
from rooms.records import Outcome
from rooms.service.idempotency import Act, Actor
from rooms.service.links.guests import Invitation, Invited
from rooms.store import RedisStore
from rooms.times import MINUTE
from tests.service.emitted import events, told
from tests.service.live.scene import change, code, departure, in_call, lines, present, refusal, room_of
from tests.service.meanwhile import at_commit
from tests.support.builders import at
from tests.support.desk import Desk

LEE = Actor("practitioner", "practitioner")
TOVE = Invitation(name="Tove Tolk", email="tove@example.org")
CARER = GuestRequest(id="carer", name="Cy")


@pytest_asyncio.fixture
async def open_desk(desk: Desk) -> Desk:
    """At 10:00, with half an hour of Ada's that begins now."""
    await desk.book("a")
    desk.now = at("10:00")
    return desk


async def invite(desk: Desk, asked: Invitation = TOVE, id: str = "a", keep: Any = None) -> Invited:
    return await desk.guests.invite(Act(desk.id, desk.now, LEE, keep=keep), id, asked)


async def withdraw(desk: Desk, guest: str, id: str = "a") -> None:
    await desk.guests.withdraw(Act(desk.id, desk.now, LEE), id, guest)


async def listed(desk: Desk, id: str = "a") -> list[Invited]:
    return await desk.guests.listed(desk.id, id, desk.now)


def token(invited: Invited) -> str:
    return invited.issued.token


async def ids(desk: Desk, id: str = "a") -> list[str]:
    return [each.id for each in (await desk.get(id)).guests]


async def audit(desk: Desk) -> list[AuditLine]:
    return [each for _, each in await desk.store.audit(desk.id, None, 100)]


async def test_the_link_is_there_at_once_and_everything_is_written_down(desk: Desk) -> None:
    await desk.book("a", guests=(CARER,))
    before = await told(desk)
    made = await invite(desk)
    person = f"guest:{made.guest.id}"
    assert (made.guest.number, made.guest.name, made.guest.email) == (3, "Tove Tolk", "tove@example.org")
    assert made.guest.id.startswith("invited.")
    assert await desk.link("a", person) == token(made)
    assert made.undelivered == Undelivered(at=desk.now, why=PENDING)
    assert [each for each in await told(desk) if each not in before] == [("a", person)]
    assert (await events(desk, "link.issued"))[-1].link is not None
    [line] = await audit(desk)
    assert line == AuditLine(
        at=desk.now,
        by="practitioner",
        who="practitioner",
        what="guest_invited",
        appointment="a",
        person=person,
    )
    step = (await desk.appointments.history(desk.id, "a"))[-1]
    assert (step.what, step.by, step.facts) == ("guest_invited", "practitioner", {"person": 3})
    assert "Tove" not in str(await desk.appointments.history(desk.id, "a"))


async def test_the_same_again_is_somebody_else(desk: Desk) -> None:
    await desk.book("a")
    first, second = await invite(desk), await invite(desk)
    assert first.guest.id != second.guest.id
    assert token(first) != token(second)
    await withdraw(desk, first.guest.id)
    assert await ids(desk) == [second.guest.id]
    assert (await invite(desk)).guest.number == 4


async def test_waits_and_is_let_into_the_running_call(open_desk: Desk) -> None:
    doctor, _ = await in_call(open_desk)
    made = await invite(open_desk)
    person = f"guest:{made.guest.id}"
    guest = await open_desk.come(token(made))
    assert (await present(open_desk))[person] == "waiting"
    await open_desk.visits.admit(doctor.here, person, "a", open_desk.now)
    assert await present(open_desk) == {"practitioner": "in_room", "patient": "in_room", person: "in_room"}
    open_desk.now += MINUTE
    await withdraw(open_desk, made.guest.id)
    assert await present(open_desk) == {"practitioner": "in_room", "patient": "in_room"}
    assert (await departure(open_desk, guest)).why == "revoked"
    assert await code(open_desk.come(token(made))) == "token_revoked"
    room = await room_of(open_desk)
    assert [what for what, _ in await lines(open_desk, room, person)] == [
        "open waiting", "close waiting admitted", "open in_room", "close in_room revoked",
    ]  # fmt: skip


async def test_a_sync_does_not_put_an_interpreter_out(open_desk: Desk) -> None:
    doctor, _ = await in_call(open_desk)
    made = await invite(open_desk)
    person = f"guest:{made.guest.id}"
    await open_desk.come(token(made))
    await open_desk.visits.admit(doctor.here, person, "a", open_desk.now)
    version = (await open_desk.get("a")).version
    await open_desk.book("a")
    assert (await open_desk.get("a")).version == version, "nothing has changed"
    await open_desk.book("a", minutes=45)
    assert (await present(open_desk))[person] == "in_room"
    assert await ids(open_desk) == [made.guest.id]
    assert await told(open_desk, "link.revoked") == []


async def test_named_by_the_booking_service_they_are_its_own(desk: Desk) -> None:
    await desk.book("a")
    made = await invite(desk)
    named = GuestRequest(id=made.guest.id, name="Tove Berg")
    await desk.book("a", guests=(named,))
    assert await desk.link("a", f"guest:{made.guest.id}") == token(made)
    assert await code(withdraw(desk, made.guest.id)) == "state_conflict"
    assert await listed(desk) == []
    await desk.book("a")
    assert await ids(desk) == []


async def test_what_is_known_of_their_links_and_messages(desk: Desk) -> None:
    await desk.book("a", guests=(CARER,))
    assert await listed(desk) == []
    first, second = await invite(desk), await invite(desk, Invitation(name="Mum"))
    assert await listed(desk) == [first, second], "and not the carer, whom the booking service named"
    taken = f"guest:{first.guest.id}"
    await desk.staff_acts.revoke(Act(desk.id, desk.now, LEE, reason="wrong one"), "a", taken)
    assert [each.usable for each in await listed(desk)] == [False, True]


async def test_withdrawing_is_told_and_written_down(desk: Desk) -> None:
    await desk.book("a", guests=(CARER,))
    made = await invite(desk)
    await withdraw(desk, made.guest.id)
    assert await told(desk, "link.revoked") == [("a", f"guest:{made.guest.id}")]
    assert [(each.what, each.person) for each in await audit(desk)] == [
        ("guest_withdrawn", f"guest:{made.guest.id}"),
        ("guest_invited", f"guest:{made.guest.id}"),
    ]
    step = (await desk.appointments.history(desk.id, "a"))[-1]
    assert (step.what, step.facts) == ("guest_withdrawn", {"person": 3})
    assert await code(withdraw(desk, made.guest.id)) == "person_unknown"
    assert await code(withdraw(desk, "carer")) == "state_conflict"


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"status": "held"}, "not_confirmed"),
        ({"status": "cancelled"}, "cancelled"),
        ({"status": "completed"}, "state_conflict"),
        ({"outcome": Outcome(name="brief", at=1, evidence={}, review=True)}, "state_conflict"),
        ({"type": "nothing", "issued_at": 0}, "type_not_linked"),
    ],
)
async def test_where_there_can_be_no_link(desk: Desk, fields: dict[str, Any], refused: str) -> None:
    await desk.book("a")
    made = await invite(desk)
    await change(desk, "a", **fields)
    assert await code(invite(desk)) == refused
    assert await ids(desk) == [made.guest.id]


async def test_nobody_is_withdrawn_from_what_is_over(desk: Desk) -> None:
    await desk.book("a")
    made = await invite(desk)
    await change(desk, "a", outcome=Outcome(name="brief", at=1, evidence={}, review=True))
    assert await code(withdraw(desk, made.guest.id)) == "state_conflict"
    await change(desk, "a", outcome=None)
    await desk.cancel("a")
    assert await code(withdraw(desk, made.guest.id)) == "state_conflict"


async def test_after_the_close_nobody_new_could_enter(desk: Desk) -> None:
    await desk.book("a")
    desk.now = at("11:30")
    assert await code(invite(desk)) == "window_closed"


async def test_as_many_as_an_appointment_has(desk: Desk) -> None:
    await desk.book("a")
    for _ in range(GUESTS):
        await invite(desk)
    refused = await refusal(invite(desk))
    assert (refused.code, len(await ids(desk))) == ("length_invalid", GUESTS)


async def test_nowhere(desk: Desk) -> None:
    with pytest.raises(NotFound, match="not_found"):
        await invite(desk, id="never-was")


async def test_no_name_comes_after_the_patient_was_erased(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H4, also where the erasure comes between reading and writing."""
    await desk.book("a")

    async def erased() -> None:
        known = await desk.patients.get(desk.id, "ada")
        nobody = replace(known, name="", email=None, phone=None, erased=True)
        await desk.store.commit(desk.id, [Put(nobody)])

    seen = at_commit(monkeypatch, store, before=erased)
    assert await code(invite(desk)) == "state_conflict"
    assert seen
    assert await ids(desk) == []


async def test_the_answer_is_kept_in_the_same_commit(desk: Desk) -> None:
    await desk.book("a")

    def keep(made: Invited) -> Remember:
        return Remember("1" * 64, "b" * 64, 201, made.guest.id.encode())

    made = await invite(desk, keep=keep)
    kept = await desk.store.remembered(desk.id, "1" * 64)
    assert kept is not None
    assert kept.body == made.guest.id.encode()


async def test_who_counts_for_the_patient(desk: Desk) -> None:
    await desk.book("a")
    made = await invite(desk, Invitation(name="Mum", counts=True))
    assert (await desk.get("a")).guests == (made.guest,)
    assert made.guest.counts
