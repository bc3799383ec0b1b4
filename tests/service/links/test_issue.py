"""Links: one for each person, and the clinic's own (A1, A2, B2, G2)."""

import pytest
from msgspec.structs import replace

from rooms.access import tokens
from rooms.access.tokens import Keyring, SigningKey, TokenKind, affinity
from rooms.calendar import GuestRequest
from rooms.changes import Remember
from rooms.errors import Contradiction, LinkRefused, NotFound
from rooms.ids import GrantNo, PractitionerNo, new_number
from rooms.ports import Put
from rooms.records import Clinic, Handed
from rooms.service.idempotency import Act
from rooms.service.links.issue import IssuedGrant, IssuedToken, Links
from rooms.times import HOUR
from tests.service.live.scene import change
from tests.support.builders import at
from tests.support.desk import DESK, PUBLIC_URL, Desk

CARER = GuestRequest(id="carer", name="Cy")
PARTNER = GuestRequest(id="partner", name="Pat")
EVERYBODY = ("patient", "practitioner", "guest:carer", "guest:partner")


async def test_link_room_window_and_status_in_one(desk: Desk) -> None:
    made = await desk.book("a")
    issued = await desk.links.token(Act(desk.id, desk.now), "a", "patient")
    assert issued.link == f"{PUBLIC_URL}/j#{issued.token}"
    assert (issued.room, issued.status) == (made.room, "confirmed")
    assert (issued.opens_at, issued.closes_at) == (at("09:50"), at("11:30"))


async def test_each_person_has_their_own(desk: Desk) -> None:
    await desk.book("a", guests=(CARER, PARTNER))
    issued = [await desk.links.token(Act(desk.id, desk.now), "a", person) for person in EVERYBODY]
    assert len({each.token for each in issued}) == 4
    assert [each.link.rpartition("/")[2][0] for each in issued] == ["j", "p", "j", "j"]
    assert len({each.token.split(".")[0] for each in issued}) == 1, (
        "everybody who can meet shares the affinity"
    )
    bearers = [await desk.links.bearer(each.token, desk.now) for each in issued]
    assert [each.role for each in bearers] == ["patient", "practitioner", "guest", "guest"]
    assert [each.practitioner for each in bearers] == [None, "dr-lee", None, None]
    assert {each.appointment for each in bearers} == {(await desk.get("a")).no}


async def test_asked_again_it_is_the_same(desk: Desk) -> None:
    await desk.book("a")
    assert await desk.link("a") == await desk.link("a")


async def test_it_fits_an_sms(desk: Desk) -> None:
    await desk.book("a")
    assert len("https://" + "h" * 25 + "/j#" + await desk.link("a")) <= 110


async def test_it_can_be_had_until_the_window_closes(desk: Desk) -> None:
    """B2, to the millisecond."""
    await desk.book("a")
    desk.now = at("11:30") - 1
    assert await desk.link("a")
    desk.now += 1
    with pytest.raises(Contradiction, match="window_closed"):
        await desk.link("a")


async def test_why_there_is_none(desk: Desk) -> None:
    """The first blocking check's code, and all of them as a fact."""
    await desk.types.put(desk.id, "visit", name="At the clinic", video=False, minutes=30, now=desk.now)
    await desk.book("a", status="held", type="visit")
    with pytest.raises(Contradiction) as refused:
        await desk.link("a")
    assert refused.value.code == "not_confirmed"
    assert refused.value.facts == {"failed": ["not_confirmed", "type_not_video"]}
    await desk.book("a", type="visit")
    with pytest.raises(Contradiction, match="type_not_video"):
        await desk.link("a")


async def test_revoked_until_it_is_issued_anew(desk: Desk) -> None:
    made = await desk.book("a")
    old = await desk.link("a")
    await desk.store.commit(desk.id, [Put(replace(made, revoked=(1,)))])
    with pytest.raises(Contradiction, match="revoked"):
        await desk.link("a")
    with pytest.raises(LinkRefused, match="token_revoked"):
        await desk.links.bearer(old, desk.now)
    assert await desk.link("a", "practitioner")
    await desk.store.commit(desk.id, [Put(replace(await desk.get("a"), revoked=(), generations={1: 2}))])
    fresh = await desk.link("a")
    assert fresh != old
    assert (await desk.links.bearer(fresh, desk.now)).role == "patient"
    with pytest.raises(LinkRefused, match="token_revoked"):
        await desk.links.bearer(old, desk.now)


async def test_whoever_is_not_in_it(desk: Desk) -> None:
    await desk.book("a", guests=(CARER,))
    for person in ("guest:nobody", "guest:", "carer", "staff", ""):
        with pytest.raises(NotFound) as refused:
            await desk.link("a", person)
        assert (refused.value.code, refused.value.facts) == ("person_unknown", {"field": "person"})
    with pytest.raises(NotFound, match="not_found"):
        await desk.link("nothing")


async def test_its_answer_is_kept(desk: Desk) -> None:
    await desk.book("a")

    def keep(issued: IssuedToken) -> Remember:
        return Remember("c" * 64, "d" * 64, 200, issued.token.encode())

    issued = await desk.links.token(Act(desk.id, desk.now, keep=keep), "a", "patient")
    kept = await desk.store.remembered(desk.id, "c" * 64)
    assert kept is not None
    assert kept.body == issued.token.encode()


async def test_a_practitioners_room_link(desk: Desk) -> None:
    issued = await desk.links.room_link(Act(desk.id, desk.now), "dr-lee", 12)
    assert issued.link == f"{PUBLIC_URL}/p#{issued.token}"
    assert issued.expires_at == desk.now + 12 * HOUR
    bearer = await desk.links.bearer(issued.token, desk.now)
    assert (bearer.clinic, bearer.role, bearer.practitioner, bearer.appointment) == (
        desk.id, "practitioner", "dr-lee", None,
    )  # fmt: skip
    assert (await desk.come(issued.token)).floor.seats[0].state == "lobby"
    with pytest.raises(NotFound):
        await desk.links.room_link(Act(desk.id, desk.now), "nobody", 12)


async def test_a_staff_link(desk: Desk) -> None:
    issued = await desk.links.staff_link(Act(desk.id, desk.now), "Eve", 0.5)
    assert issued.link == f"{PUBLIC_URL}/s#{issued.token}"
    bearer = await desk.links.bearer(issued.token, desk.now)
    assert (bearer.clinic, bearer.role, bearer.practitioner) == (desk.id, "staff", None)
    with pytest.raises(LinkRefused, match="role_not_allowed"):
        await desk.come(issued.token)


async def both(desk: Desk) -> list[IssuedGrant]:
    return [
        await desk.links.room_link(Act(desk.id, desk.now), "dr-lee", 1),
        await desk.links.staff_link(Act(desk.id, desk.now), "Eve", 1),
    ]


async def test_they_expire_to_the_millisecond(desk: Desk) -> None:
    for issued in await both(desk):
        assert (await desk.links.bearer(issued.token, issued.expires_at - 1)).clinic == desk.id
        with pytest.raises(LinkRefused, match="window_closed"):
            await desk.links.bearer(issued.token, issued.expires_at)


async def test_they_can_be_revoked_at_once(desk: Desk) -> None:
    for issued in await both(desk):
        await desk.staff_acts.revoke_grant(Act(desk.id, desk.now, DESK), issued.id)
        await desk.staff_acts.revoke_grant(Act(desk.id, desk.now, DESK), issued.id)
        with pytest.raises(LinkRefused, match="token_revoked"):
            await desk.links.bearer(issued.token, desk.now)
    with pytest.raises(NotFound):
        await desk.staff_acts.revoke_grant(Act(desk.id, desk.now, DESK), GrantNo(new_number()))


async def test_their_answers_are_kept(desk: Desk) -> None:
    def keep(issued: IssuedGrant) -> Remember:
        return Remember("e" * 64, "f" * 64, 200, issued.id.encode())

    issued = await desk.links.staff_link(Act(desk.id, desk.now, keep=keep), "Eve", 1)
    kept = await desk.store.remembered(desk.id, "e" * 64)
    assert kept is not None
    assert kept.body == issued.id.encode()


async def over(desk: Desk, link: str, clock: str | None = None) -> str:
    """Why it opens nothing more; empty: it does."""
    refused = (await desk.links.bearer(link, at(clock) if clock else desk.now)).over
    return refused.code if refused else ""


@pytest.mark.parametrize("person", ["patient", "practitioner", "guest:carer"])
async def test_a_bearer_is_over_when_its_visit_is(desk: Desk, person: str) -> None:
    """C6, A6: who it is for is known before and after, so that the page can say what became of the visit."""
    await desk.book("a", guests=(CARER,))
    link = await desk.link("a", person)
    assert [await over(desk, link, clock) for clock in ("00:01", "10:00", "11:29")] == ["", "", ""]
    assert [await over(desk, link, clock) for clock in ("11:30", "23:00")] == ["window_closed"] * 2
    await desk.cancel("a")
    for clock in ("00:01", "10:00", "23:00"):
        assert await over(desk, link, clock) == "cancelled"
    assert (await desk.links.bearer(link, at("23:00"))).role == person.partition(":")[0]


async def test_one_that_was_not_confirmed_after_all(desk: Desk) -> None:
    await desk.book("a")
    link = await desk.link("a", "practitioner")
    await change(desk, "a", status="expired")
    assert await over(desk, link) == "not_confirmed"


async def test_two_people_and_two_visits_of_a_day(desk: Desk) -> None:
    """D2: in either window both may come by either link, a guest by their own only."""
    await desk.book("a", guests=(CARER,))
    links = [await desk.link("a", person) for person in ("patient", "practitioner", "guest:carer")]
    await desk.book("b", "15:00")
    assert [await over(desk, link, "13:00") for link in links] == ["", "", "window_closed"]
    assert [await over(desk, link, "16:30") for link in links] == ["window_closed"] * 3


async def test_a_call_under_way_is_not_cut(desk: Desk) -> None:
    """D2: by the link a practitioner is in it with, they hand it over and end it, late as it is."""
    await desk.book("a")
    link = await desk.link("a", "practitioner")
    desk.now = at("11:29")
    lee = await desk.come(link)
    await desk.come(await desk.link("a"))
    await desk.visits.admit(lee.here, "patient", "a", desk.now)
    desk.now = at("11:40")
    assert await over(desk, link) == ""
    await desk.visits.leave(lee.here, desk.now)
    assert await over(desk, link) == "window_closed"


async def test_handed_over_it_is_its_practitioners_all_the_same(desk: Desk) -> None:
    """D3: the diary is untouched; the patient's goes with the visit."""
    made = await desk.book("a")
    links = [await desk.link("a", person) for person in ("practitioner", "patient")]
    kim = await desk.practitioners.get(desk.id, "dr-kim")
    await change(desk, "a", handed=Handed(to=kim.no, by=made.practitioner_no))
    lees, adas = [await desk.links.bearer(link, at("10:00")) for link in links]
    assert (lees.practitioner, lees.over) == ("dr-lee", None)
    assert (adas.role, adas.practitioner, adas.over) == ("patient", None, None)


async def test_a_practitioner_it_was_taken_from_is_no_bearer(desk: Desk) -> None:
    await desk.book("a")
    old = await desk.link("a", "practitioner")
    await desk.book("a", practitioner="dr-kim")
    with pytest.raises(LinkRefused, match="moved"):
        await desk.links.bearer(old, desk.now)


async def test_a_removed_guest_is_no_bearer(desk: Desk) -> None:
    await desk.book("a", guests=(CARER,))
    link = await desk.link("a", "guest:carer")
    await desk.book("a")
    with pytest.raises(LinkRefused, match="token_revoked"):
        await desk.links.bearer(link, desk.now)


@pytest.mark.parametrize("token", ["", "x.y.z", None, 7])
async def test_no_token_is_no_bearer(desk: Desk, token: object) -> None:
    with pytest.raises(LinkRefused, match="token_invalid"):
        await desk.links.bearer(token, desk.now)


async def test_well_signed_for_nothing_there_is(desk: Desk) -> None:
    """A2: affinity, number and kind are each looked up; whatever does not exist is no link."""
    await desk.book("a")
    clinic = await desk.clinics.get(desk.id)
    for kind in TokenKind:
        for place in (_place(clinic, None), await _lee(desk, clinic), "unknown-"):
            token = tokens.issue(desk.links.keyring, kind, place, new_number(), 1)
            with pytest.raises(LinkRefused, match="token_invalid"):
                await desk.links.bearer(token, desk.now)


def _place(clinic: Clinic, practitioner: PractitionerNo | None) -> str:
    return affinity(clinic.salt, practitioner)


async def _lee(desk: Desk, clinic: Clinic) -> str:
    return _place(clinic, (await desk.practitioners.get(desk.id, "dr-lee")).no)


async def test_keys_rotate_without_breaking_links(desk: Desk) -> None:
    """A3."""
    await desk.book("a")
    old = await desk.link("a")
    (first,) = [desk.links.keyring.signing]
    second = SigningKey(2, b"5f4e3d2c1b0a69788796a5b4c3d2e1f0", "signing")

    def after(state: tokens.KeyState) -> Links:
        return Links(desk.store, Keyring([second, replace(first, state=state)]), PUBLIC_URL)

    assert (await after("accepted").bearer(old, desk.now)).role == "patient"
    fresh = (await after("accepted").token(Act(desk.id, desk.now), "a", "patient")).token
    assert fresh != old
    for state in ("retired", "revoked"):
        with pytest.raises(LinkRefused, match="token_revoked"):
            await after(state).bearer(old, desk.now)
        assert (await after(state).bearer(fresh, desk.now)).role == "patient"
