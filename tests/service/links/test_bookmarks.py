"""The bookmarkable address: a code or a remembered device, and what is then open (A8)."""

import asyncio
from typing import Any

import pytest

from rooms.access import codes
from rooms.access.tokens import Keyring, affinity
from rooms.credentials import Challenge
from rooms.errors import Forbidden, Invalid, Refusal, TooMany
from rooms.ids import new_number, secret_digest
from rooms.records import Outcome
from rooms.service import load
from rooms.service.idempotency import Act
from rooms.service.links import bookmarks
from rooms.service.links.bookmarks import Bookmarks, Opened
from rooms.store import RedisStore
from rooms.times import DAY, HOUR, MINUTE, SECOND
from tests.service.emitted import events
from tests.service.live.scene import NEW_KEY, change, doctor, refusal
from tests.service.meanwhile import at_commit
from tests.support.builders import at
from tests.support.desk import DESK, Desk


def door(desk: Desk, keyring: Keyring | None = None) -> Bookmarks:
    return Bookmarks(desk.store, keyring or desk.links.keyring, desk.links)


async def adas(desk: Desk) -> str:
    """Ada's with Dr Lee."""
    ada = await desk.patients.get(desk.id, "ada")
    return f"{(await lees(desk)).partition('.')[0]}.{ada.no}"


async def lees(desk: Desk, practitioner: str = "dr-lee") -> str:
    clinic = await desk.clinics.get(desk.id)
    return f"{affinity(clinic.salt, (await doctor(desk, practitioner)).no)}.p"


async def ask(desk: Desk, text: str) -> tuple[Challenge, str]:
    """As the API does: the code is made, and sent to whoever has the address; the code itself."""
    challenge = await door(desk).ask(text, desk.now)
    await door(desk).send(text, challenge, desk.now)
    digits = codes.code(desk.links.keyring, challenge.key, challenge.nonce)
    assert digits is not None
    return challenge, digits


async def open_it(desk: Desk, text: str, said: str, *, remember: bool = False) -> Opened:
    return await door(desk).open_by_code(text, said, desk.now, remember=remember)


async def remembered(desk: Desk, text: str) -> str:
    """A device's secret."""
    opened = await open_it(desk, text, (await ask(desk, text))[1], remember=True)
    assert opened.device is not None
    return opened.device


async def refused(doing: Any) -> str:
    caught: Refusal = await refusal(doing)
    assert isinstance(caught, Forbidden)
    return caught.code


def another(code: str) -> str:
    """Six digits that are wrong."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def test_a_code_opens_the_current_appointment(desk: Desk) -> None:
    await desk.book("a")
    await desk.book("b", "15:00", practitioner="dr-kim")
    _, code = await ask(desk, await adas(desk))
    opened = await open_it(desk, await adas(desk), code)
    assert (opened.role, opened.clinic.id, opened.device, opened.link) == ("patient", desk.id, None, None)
    assert opened.current == opened.upcoming[0]
    assert opened.current.link == (await desk.links.token(Act(desk.id, desk.now), "a", "patient")).link
    assert [(each.appointment.id, each.practitioner_name, each.is_open) for each in opened.upcoming] == [
        ("a", "Dr Lee", False), ("b", "Dr Kim", False),
    ]  # fmt: skip
    assert opened.current.window.opens_at == at("09:50")


async def test_what_the_code_is_sent_by(desk: Desk) -> None:
    """The event holds all but the secret: whoever reads the store has no code."""
    await desk.book("a")
    challenge, code = await ask(desk, await adas(desk))
    [asked] = await events(desk, "code.requested")
    ada = await desk.patients.get(desk.id, "ada")
    assert (asked.subject, asked.person, asked.appointment) == (ada.no, "patient", None)
    assert (asked.facts, asked.link) == ({"patient": "ada"}, None)
    assert asked.code is not None
    assert (asked.code.nonce, asked.code.key) == (challenge.nonce, 1)
    assert asked.code.expires_at == challenge.expires_at == desk.now + 10 * MINUTE
    assert code not in str((asked, challenge))


async def test_it_works_once(desk: Desk) -> None:
    await desk.book("a")
    _, code = await ask(desk, await adas(desk))
    await open_it(desk, await adas(desk), code)
    assert await refused(open_it(desk, await adas(desk), code)) == "code_wrong"


async def test_also_of_two_at_once(desk: Desk) -> None:
    await desk.book("a")
    text = await adas(desk)
    _, code = await ask(desk, text)
    tried = await asyncio.gather(*(open_it(desk, text, code) for _ in range(4)), return_exceptions=True)
    assert [type(each).__name__ for each in tried].count("Opened") == 1
    assert [type(each).__name__ for each in tried].count("Forbidden") == 3


async def test_five_tries(desk: Desk) -> None:
    """A fifth may be right, a sixth may not; another code has five of its own."""
    await desk.book("a")
    text = await adas(desk)
    for wrong, is_good in ((4, True), (5, False), (4, True)):
        _, code = await ask(desk, text)
        for _ in range(wrong):
            assert await refused(open_it(desk, text, another(code))) == "code_wrong"
        if is_good:
            assert (await open_it(desk, text, code)).current
        else:
            assert await refused(open_it(desk, text, code)) == "code_wrong"


async def test_tries_at_once_all_count(desk: Desk) -> None:
    await desk.book("a")
    text = await adas(desk)
    _, code = await ask(desk, text)
    await asyncio.gather(*(open_it(desk, text, another(code)) for _ in range(5)), return_exceptions=True)
    assert await refused(open_it(desk, text, code)) == "code_wrong"


async def test_ten_minutes(desk: Desk) -> None:
    await desk.book("a")
    text = await adas(desk)
    start = desk.now
    _, code = await ask(desk, text)
    desk.now = start + 10 * MINUTE
    assert await refused(open_it(desk, text, code)) == "code_wrong"
    desk.now = start + 10 * MINUTE - 1
    assert (await open_it(desk, text, code)).current


async def test_a_new_one_voids_the_old(desk: Desk) -> None:
    await desk.book("a")
    text = await adas(desk)
    (_, old), (_, new) = await ask(desk, text), await ask(desk, text)
    if old != new:
        assert await refused(open_it(desk, text, old)) == "code_wrong"
    assert (await open_it(desk, text, new)).current


async def test_asked_for_twice_at_once(
    desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The later of them counts."""
    await desk.book("a")
    text = await adas(desk)
    seen = at_commit(monkeypatch, store, before=lambda: door(desk).ask(text, desk.now))
    _, code = await ask(desk, text)
    assert seen
    assert (await open_it(desk, text, code)).current


async def test_one_address_s_code_is_no_other_s(desk: Desk) -> None:
    await desk.book("a")
    await desk.book("b", "11:00", patient="bob")
    bob = await desk.patients.get(desk.id, "bob")
    bobs = f"{(await adas(desk)).partition('.')[0]}.{bob.no}"
    (_, code), (_, other) = await ask(desk, await adas(desk)), await ask(desk, bobs)
    if code != other:
        assert await refused(open_it(desk, bobs, code)) == "code_wrong"
    assert {each.appointment.id for each in (await open_it(desk, bobs, other)).upcoming} == {"b"}


async def test_a_key_that_is_gone_makes_no_code(desk: Desk) -> None:
    await desk.book("a")
    text = await adas(desk)
    _, code = await ask(desk, text)
    keyring = Keyring([NEW_KEY])
    with pytest.raises(Forbidden, match="code_wrong"):
        await door(desk, keyring).open_by_code(text, code, desk.now, remember=False)


@pytest.mark.parametrize(("name", "most"), [("AN_HOUR", 2), ("A_DAY", 2)])
async def test_so_many_codes_and_no_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str, most: int
) -> None:
    monkeypatch.setattr(bookmarks, name, most)
    await desk.book("a")
    for text in (await adas(desk), f"unknown-.{new_number()}"):
        for _ in range(most):
            await door(desk).ask(text, desk.now)
        with pytest.raises(TooMany):
            await door(desk).ask(text, desk.now)
    await door(desk).ask(await lees(desk), desk.now)


@pytest.mark.parametrize("text", ["", "x", "h4rb0ur-.", "h4rb0ur-.pp", "h4rb0ur-.p ", "a.b.c"])
async def test_what_can_be_no_address(desk: Desk, text: str) -> None:
    for deed in (
        door(desk).ask(text, desk.now),
        door(desk).open_by_code(text, "123456", desk.now, remember=False),
        door(desk).open_by_device(text, "secret", desk.now),
        door(desk).forget(text, "secret"),
    ):
        caught = await refusal(deed)
        assert isinstance(caught, Invalid)
        assert caught.code == "address_invalid"


async def unknown_addresses(desk: Desk) -> list[str]:
    """An affinity nobody has, the clinic's own, a patient nobody is, one who never had an appointment."""
    clinic = await desk.clinics.get(desk.id)
    await desk.links.staff_link(Act(desk.id, desk.now), "Eve", 1)
    place = (await lees(desk)).partition(".")[0]
    bob = await desk.patients.get(desk.id, "bob")
    return [
        f"unknown-.{new_number()}",
        "unknown-.p",
        f"{affinity(clinic.salt, None)}.p",
        f"{place}.{new_number()}",
        f"{place}.{bob.no}",
    ]


async def test_whether_it_is_anybody_s_shows_nowhere(desk: Desk) -> None:
    """The same answers; the right code of an address that is nobody's opens nothing, and is used up."""
    await desk.book("a")
    for text in await unknown_addresses(desk):
        challenge, code = await ask(desk, text)
        assert challenge.expires_at == desk.now + 10 * MINUTE
        assert await refused(open_it(desk, text, another(code))) == "code_wrong"
        assert await refused(open_it(desk, text, code)) == "code_wrong"
        assert await desk.store.challenge(challenge.place) is None
        assert await refused(door(desk).open_by_device(text, "secret", desk.now)) == "device_unknown"
        await door(desk).forget(text, "secret")
    assert await events(desk, "code.requested") == []


async def test_a_practitioner_that_is_gone(desk: Desk) -> None:
    text = await lees(desk, "dr-kim")
    await desk.links.room_link(Act(desk.id, desk.now), "dr-kim", 1)
    _, code = await ask(desk, text)
    await desk.practitioners.delete(desk.id, "dr-kim", now=desk.now)
    assert await refused(open_it(desk, text, code)) == "code_wrong"


async def test_a_practitioner_s_own(desk: Desk) -> None:
    """A room link of twelve hours."""
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", email="lee@c.example", now=desk.now)
    await desk.book("a")
    text = await lees(desk)
    device = await remembered(desk, text)
    [asked] = await events(desk, "code.requested")
    assert (asked.subject, asked.person, asked.facts) == (
        (await doctor(desk)).no, "practitioner", {"practitioner": "dr-lee"},
    )  # fmt: skip
    opened = await door(desk).open_by_device(text, device, desk.now)
    assert (opened.role, opened.current, opened.upcoming) == ("practitioner", None, ())
    assert opened.link is not None
    page, _, token = opened.link.partition("#")
    assert page.endswith("/p")
    entered = await desk.come(token)
    assert entered.floor.seats[0].person == "practitioner"
    assert (await desk.links.bearer(token, desk.now + 12 * HOUR - 1)).practitioner == "dr-lee"
    assert (await refusal(desk.links.bearer(token, desk.now + 12 * HOUR))).code == "window_closed"
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", email="l@c.example", now=desk.now)
    assert await refused(door(desk).open_by_device(text, device, desk.now)) == "device_unknown"


# Remembered devices


async def test_a_remembered_device_needs_no_code(desk: Desk) -> None:
    await desk.book("a")
    text, start = await adas(desk), desk.now
    _, code = await ask(desk, text)
    opened = await open_it(desk, text, code, remember=True)
    assert opened.device is not None
    assert opened.device_expires_at == start + 90 * DAY
    again = await door(desk).open_by_device(text, opened.device, desk.now)
    assert (again.current, again.device, again.device_expires_at) == (opened.current, None, None)
    late = await door(desk).open_by_device(text, opened.device, start + 90 * DAY - 1)
    assert late.current is None
    assert await refused(door(desk).open_by_device(text, opened.device, start + 90 * DAY)) == "device_unknown"


async def test_its_secret_is_not_stored(desk: Desk) -> None:
    await desk.book("a")
    device = await remembered(desk, await adas(desk))
    kept = await desk.store.device(desk.id, secret_digest(device))
    assert kept is not None
    assert device not in str(kept)
    assert "mail.example" not in str(kept)


async def test_it_is_remembered_for_one_address(desk: Desk) -> None:
    await desk.book("a")
    await desk.book("b", "11:00", patient="bob")
    bob = await desk.patients.get(desk.id, "bob")
    bobs = f"{(await adas(desk)).partition('.')[0]}.{bob.no}"
    device = await remembered(desk, await adas(desk))
    assert await refused(door(desk).open_by_device(bobs, device, desk.now)) == "device_unknown"
    assert await refused(door(desk).open_by_device(await adas(desk), "other", desk.now)) == "device_unknown"


async def test_whoever_shares_a_contact_shares_no_device(desk: Desk) -> None:
    """A couple has one mailbox: what one of them had remembered shows nothing of the other's visits."""
    await desk.patients.put(desk.id, "bob", name="Bob", email="ada@mail.example", now=desk.now)
    await desk.book("a")
    await desk.book("b", "11:00", patient="bob")
    bob = await desk.patients.get(desk.id, "bob")
    bobs = f"{(await adas(desk)).partition('.')[0]}.{bob.no}"
    device = await remembered(desk, await adas(desk))
    assert await refused(door(desk).open_by_device(bobs, device, desk.now)) == "device_unknown"
    assert (await door(desk).open_by_device(await adas(desk), device, desk.now)).current


async def test_another_contact_another_proof(desk: Desk) -> None:
    """Also a phone number where there was an address."""
    await desk.book("a")
    text = await adas(desk)
    device = await remembered(desk, text)
    await desk.patients.put(desk.id, "ada", name="Ada L.", email="ada@mail.example", phone="+1", now=desk.now)
    assert (await door(desk).open_by_device(text, device, desk.now)).current
    for email, phone in (("new@mail.example", None), (None, "+1"), (None, None)):
        await desk.patients.put(desk.id, "ada", name="Ada", now=desk.now, email=email, phone=phone)
        assert await refused(door(desk).open_by_device(text, device, desk.now)) == "device_unknown"


async def test_by_phone(desk: Desk) -> None:
    await desk.patients.put(desk.id, "ada", name="Ada", phone="+1", now=desk.now)
    await desk.book("a")
    text = await adas(desk)
    device = await remembered(desk, text)
    assert (await door(desk).open_by_device(text, device, desk.now)).current
    await desk.patients.put(desk.id, "ada", name="Ada", phone="+2", now=desk.now)
    assert await refused(door(desk).open_by_device(text, device, desk.now)) == "device_unknown"


async def test_forgotten(desk: Desk) -> None:
    """Twice as well; another device of the same person stays."""
    await desk.book("a")
    text = await adas(desk)
    one, other = await remembered(desk, text), await remembered(desk, text)
    for _ in range(2):
        await door(desk).forget(text, one)
    assert await refused(door(desk).open_by_device(text, one, desk.now)) == "device_unknown"
    assert (await door(desk).open_by_device(text, other, desk.now)).current


async def test_an_erased_patient_has_no_address(desk: Desk) -> None:
    await desk.book("a")
    text = await adas(desk)
    device = await remembered(desk, text)
    _, code = await ask(desk, text)
    await desk.erase("ada")
    assert await refused(open_it(desk, text, code)) == "code_wrong"
    assert await refused(door(desk).open_by_device(text, device, desk.now)) == "device_unknown"
    before = await events(desk, "code.requested")
    await ask(desk, text)
    assert await events(desk, "code.requested") == before


# What is open


async def test_what_is_listed(desk: Desk) -> None:
    """What is to come, with why there is no link; nothing held, past, cancelled or decided."""
    await desk.book("past", "08:00")
    await desk.book("decided", "08:30")
    await change(desk, "decided", outcome=Outcome(name="brief", at=desk.now, evidence={}, review=True))
    await desk.book("held", "11:00", status="held")
    await desk.book("off", "12:00")
    await desk.cancel("off")
    await desk.book("none", "13:00", type=None, external_type="LONG")
    await desk.book("back", "14:00")
    await desk.staff_acts.revoke(Act(desk.id, desk.now, DESK, reason="lost"), "back", "patient")
    await desk.book("good", "15:00")
    _, code = await ask(desk, await adas(desk))
    desk.now, now = at("08:05"), at("09:30")
    opened = await door(desk).open_by_code(await adas(desk), code, desk.now, remember=True)
    assert opened.device
    opened = await door(desk).open_by_device(await adas(desk), opened.device, now)
    assert [(each.appointment.id, each.failed, bool(each.link)) for each in opened.upcoming] == [
        ("none", ("type_not_linked",), False), ("back", ("revoked",), False), ("good", (), True),
    ]  # fmt: skip
    assert opened.current
    assert opened.current.appointment.id == "good"


async def test_open_now_before_this_practitioner_before_the_start(desk: Desk) -> None:
    await desk.book("lees", "12:00")
    await desk.book("lees.later", "13:00")
    await desk.book("kims", "11:00", practitioner="dr-kim")
    device = await remembered(desk, await adas(desk))

    async def current() -> tuple[str, bool] | None:
        its = (await door(desk).open_by_device(await adas(desk), device, desk.now)).current
        return (its.appointment.id, its.is_open) if its else None

    assert await current() == ("lees", False)
    desk.now = at("10:50") - 1
    assert await current() == ("lees", False)
    desk.now = at("10:50")
    assert await current() == ("kims", True)
    desk.now = at("11:50")
    assert await current() == ("lees", True)
    desk.now = at("14:29:59")
    assert await current() == ("lees.later", True)
    desk.now = at("14:30")
    assert await current() is None


async def test_fifty_at_most(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "PAGE_SIZE", 2)
    monkeypatch.setattr(bookmarks, "UPCOMING_SHOWN", 3)
    for n in range(6):
        await desk.book(f"a{n}", f"{10 + n}:00")
    _, code = await ask(desk, await adas(desk))
    opened = await open_it(desk, await adas(desk), code)
    assert [each.appointment.id for each in opened.upcoming] == ["a0", "a1", "a2"]


async def test_found_on_a_later_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a patient's list the first may be an appointment that has another patient now."""
    monkeypatch.setattr(load, "PAGE_SIZE", 1)
    await desk.book("a")
    await desk.book("b", "12:00")
    await desk.book("a", patient="bob")
    _, code = await ask(desk, await adas(desk))
    opened = await open_it(desk, await adas(desk), code)
    assert [each.appointment.id for each in opened.upcoming] == ["b"]


async def test_of_a_practitioner_who_is_gone(desk: Desk) -> None:
    """It stays on the list without a name, and a link that is out works on."""
    await desk.book("a")
    await desk.book("b", "12:00", practitioner="dr-kim")
    desk.now = at("13:31")
    await desk.practitioners.delete(desk.id, "dr-kim", now=desk.now)
    await desk.staff_acts.extend(Act(desk.id, desk.now, DESK, reason="late"), "b", 60)
    _, code = await ask(desk, await adas(desk))
    opened = await open_it(desk, await adas(desk), code)
    assert [(each.appointment.id, each.practitioner_name) for each in opened.upcoming] == [("b", None)]


async def test_it_names_nobody_and_never_changes(desk: Desk) -> None:
    await desk.book("a")
    text = await adas(desk)
    ada = await desk.patients.get(desk.id, "ada")
    assert text.partition(".")[2] == ada.no
    desk.now += SECOND
    await desk.patients.put(desk.id, "ada", name="Else", now=desk.now)
    assert await adas(desk) == text
