"""Which tokens open the door at all, in every kind and state (A2, A3)."""

import pytest
from msgspec.structs import replace

from rooms.access.tokens import KeyState, SigningKey, TokenKind
from rooms.errors import NotFound
from rooms.ids import AppointmentNo, ClinicId, PractitionerNo, new_number
from rooms.ports import Arrival
from rooms.service.idempotency import Act
from rooms.store import RedisStore
from rooms.times import HOUR
from tests.service.live.scene import (
    CARER,
    NEW_KEY,
    OLD_KEY,
    change,
    code,
    doctor,
    forged,
    host,
    present,
    refusal,
    with_keys,
)
from tests.service.meanwhile import Deed
from tests.support.builders import at
from tests.support.desk import DESK, Desk


async def test_a_staff_link_opens_no_room(open_desk: Desk) -> None:
    token = (await open_desk.links.staff_link(Act(open_desk.id, open_desk.now), "Reception", 12)).token
    assert await code(open_desk.come(token)) == "role_not_allowed"


async def test_a_room_link_until_it_expires(open_desk: Desk) -> None:
    token = (await open_desk.links.room_link(Act(open_desk.id, open_desk.now), "dr-lee", 12)).token
    open_desk.now += 12 * HOUR - 1
    await open_desk.come(token)
    open_desk.now += 1
    told = await refusal(open_desk.come(token))
    assert (told.code, told.facts) == ("window_closed", {"closes_at": "2026-11-21T22:00:00Z"})


async def test_a_room_link_until_it_is_revoked(open_desk: Desk) -> None:
    made = await open_desk.links.room_link(Act(open_desk.id, open_desk.now), "dr-lee", 12)
    await open_desk.staff_acts.revoke_grant(Act(open_desk.id, open_desk.now, DESK), made.id)
    told = await refusal(open_desk.come(made.token))
    assert (told.code, told.facts) == ("token_revoked", {"can_resend": False})


@pytest.mark.parametrize("kind", [TokenKind.ROOM, TokenKind.PERSON])
async def test_well_signed_and_unknown(open_desk: Desk, kind: TokenKind) -> None:
    assert await code(open_desk.come(await forged(open_desk, kind, new_number()))) == "token_invalid"


async def test_of_a_staff_links_affinity(open_desk: Desk) -> None:
    """An affinity that stands for no practitioner leads to no floor."""
    await open_desk.links.staff_link(Act(open_desk.id, open_desk.now), "Reception", 12)
    number = (await open_desk.get("a")).no
    token = await forged(open_desk, TokenKind.PERSON, number, staff=True)
    assert await code(open_desk.come(token)) == "token_invalid"


async def test_of_an_affinity_nobody_has(open_desk: Desk) -> None:
    token = await forged(await Desk(open_desk.store).open(), TokenKind.PERSON, new_number())
    assert await code(open_desk.come(token)) == "token_invalid"


async def test_what_an_affinity_stands_for_is_asked_once(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It never changes; a join has few round trips to spare (CONTRACT, numbers to beat)."""
    link, asked, ask = await open_desk.link("a"), list[str](), store.affinity

    async def affinity(text: str) -> tuple[ClinicId, PractitionerNo | None] | None:
        asked.append(text)
        return await ask(text)

    monkeypatch.setattr(store, "affinity", affinity)
    await open_desk.come(link)
    assert await code(open_desk.come(link)) == "elsewhere"
    assert asked == [link.partition(".")[0]]


async def test_of_another_clinic(open_desk: Desk) -> None:
    """The number is this clinic's, the affinity another's: what it names is looked up in the other."""
    other = await Desk(open_desk.store).open()
    await other.book("a")
    token = await forged(other, TokenKind.PERSON, (await open_desk.get("a")).no)
    assert await code(open_desk.come(token)) == "token_invalid"


async def test_of_a_practitioner_who_is_gone(open_desk: Desk) -> None:
    link = await open_desk.link("a")
    room = (await open_desk.links.room_link(Act(open_desk.id, open_desk.now), "dr-lee", 48)).token
    open_desk.now = at("11:30")
    await open_desk.practitioners.delete(open_desk.id, "dr-lee", now=open_desk.now)
    with pytest.raises(NotFound):
        await doctor(open_desk)
    assert await code(open_desk.come(link)) == await code(open_desk.come(room)) == "token_invalid"


async def test_whoever_holds_a_withdrawn_link_is_told_whom_to_call(open_desk: Desk) -> None:
    """A6: the page says what to do next."""
    await open_desk.clinics.change(open_desk.id, {"phone": "+61 2 5550 1234"}, open_desk.now)
    link = await open_desk.link("a")
    await change(open_desk, "a", revoked=(1,))
    told = await refusal(open_desk.come(link))
    assert (told.code, told.facts) == ("token_revoked", {"can_resend": False, "phone": "+61 2 5550 1234"})


async def test_a_link_that_was_replaced_by_a_newer_one(open_desk: Desk) -> None:
    old = await open_desk.link("a")
    await change(open_desk, "a", generations={1: 2})
    told = await refusal(open_desk.come(old))
    assert (told.code, told.facts) == ("token_revoked", {"can_resend": True})
    await open_desk.come(await open_desk.link("a"))


async def test_a_person_whose_link_was_revoked_and_nobody_else(open_desk: Desk) -> None:
    patient, carer = await open_desk.link("a"), await open_desk.link("a", "guest:carer")
    await change(open_desk, "a", revoked=(1,))
    assert await code(open_desk.come(patient)) == "token_revoked"
    await open_desk.come(carer)


async def test_a_guest_who_was_taken_off(open_desk: Desk) -> None:
    """Also where somebody of the same name is put on again: a number is not given twice."""
    link = await open_desk.link("a", "guest:carer")
    await open_desk.book("a")
    assert await code(open_desk.come(link)) == "token_revoked"
    await open_desk.book("a", guests=(replace(CARER, id="partner"),))
    assert await code(open_desk.come(link)) == "token_revoked"


async def test_an_accepted_key_opens_and_says_which_it_was(open_desk: Desk) -> None:
    """A3: how many joins each key still serves."""
    link = await open_desk.link("a")
    visits = with_keys(open_desk, NEW_KEY, SigningKey(1, OLD_KEY, "accepted"))
    entered = await visits.hello(link, move=False, device="", now=open_desk.now)
    assert entered.signed_by == 1


@pytest.mark.parametrize("state", ["retired", "revoked"])
@pytest.mark.parametrize("kind", ["person", "room"])
async def test_a_key_that_opens_nothing_any_more(open_desk: Desk, state: KeyState, kind: str) -> None:
    made = await open_desk.links.room_link(Act(open_desk.id, open_desk.now), "dr-lee", 12)
    token = await open_desk.link("a") if kind == "person" else made.token
    visits = with_keys(open_desk, NEW_KEY, SigningKey(1, OLD_KEY, state))
    for doing in (
        visits.hello(token, move=False, device="", now=open_desk.now),
        visits.check_link(token, open_desk.now),
    ):
        told = await refusal(doing)
        assert (told.code, told.facts) == ("token_revoked", {"can_resend": state == "retired"})
    assert await present(open_desk) == {}


# With a colleague (A2)


async def test_a_practitioners_link_to_what_is_with_a_colleague_now(open_desk: Desk) -> None:
    link = await open_desk.link("a", "practitioner")
    await open_desk.book("a", practitioner="dr-kim", guests=(CARER,))
    assert await code(open_desk.come(link)) == "moved"
    entered = await open_desk.come(await open_desk.link("a", "practitioner"))
    assert entered.practitioner == "Dr Kim"


@pytest.mark.parametrize("person", ["patient", "guest:carer"])
async def test_everybody_elses_leads_on(open_desk: Desk, person: str) -> None:
    link = await open_desk.link("a", person)
    await open_desk.book("a", practitioner="dr-kim", guests=(CARER,))
    assert (await open_desk.come(link)).practitioner == "Dr Kim"
    assert await present(open_desk, "dr-kim") == {person: "waiting"}


async def test_a_hosts_room_link_stays(open_desk: Desk) -> None:
    await open_desk.book("a", practitioner="dr-kim", guests=(CARER,))
    assert (await host(open_desk)).practitioner == "Dr Lee"


async def test_given_back_while_it_is_being_looked_up(
    open_desk: Desk, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the two reads it returns to Dr Lee: nobody may wait with Dr Kim for her."""
    link = await open_desk.link("a")
    await open_desk.book("a", practitioner="dr-kim", guests=(CARER,))
    after_first(monkeypatch, store, lambda: open_desk.book("a", guests=(CARER,)))
    await open_desk.come(link)
    assert (await present(open_desk), await present(open_desk, "dr-kim")) == ({"patient": "waiting"}, {})


def after_first(patch: pytest.MonkeyPatch, store: RedisStore, deed: Deed) -> None:
    """Right after the first look at an arrival, something else is done."""
    arrival, seen = store.arrival, list[Arrival]()

    async def watched(
        clinic: ClinicId, practitioner: PractitionerNo, appointment: AppointmentNo | None
    ) -> Arrival:
        found = await arrival(clinic, practitioner, appointment)
        if not seen:
            seen.append(found)
            await deed()
        return found

    patch.setattr(store, "arrival", watched)
