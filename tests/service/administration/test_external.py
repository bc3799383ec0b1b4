"""Appointments from a database that several clinics share fall to one of them, never to silence (B5)."""

import asyncio
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace

from rooms.errors import Contradiction, Invalid, NotFound, Refusal
from rooms.ids import ClinicId, new_secret
from rooms.records import External
from rooms.service.administration.external import Databases, ExternalAppointments, rivals_of
from rooms.service.administration.people import PatientDetails
from rooms.service.load import LoadedAppointment
from rooms.store import RedisStore
from tests.service.emitted import events, told
from tests.service.live.scene import change, refusal
from tests.support.desk import Desk, asking

EVA = PatientDetails(name="Eva Weber", email="eva@mail.example")


class Group:
    """Two clinics that share a database, in which Dr Lee is L in both, and Dr Kim K in the second."""

    def __init__(self, north: Desk, south: Desk) -> None:
        self.north, self.south, self.store = north, south, north.store
        self.databases = Databases(north.store)
        self.id = f"db.{new_secret()[:8]}"
        self.secret = new_secret()

    async def open(self) -> "Group":
        for desk, location in ((self.north, "N1"), (self.south, "S1")):
            await desk.clinics.change(desk.id, {"external_ids": (location,)}, desk.now)
            await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", external_ids=("L",), now=desk.now)
        await self.south.practitioners.put(
            self.south.id, "dr-kim", name="Dr Kim", external_ids=("K",), now=self.south.now
        )
        await self.share()
        return self

    async def share(self, *, in_order: bool = True, turned: bool = False) -> str | None:
        """The database's clinics; its group key, where it is new."""
        clinics = (self.north.id, self.south.id)
        _, key = await self.databases.put(
            self.id, clinics[::-1] if turned else clinics, in_order=in_order, secret=self.secret,
            now=self.north.now,
        )  # fmt: skip
        return key

    async def send(
        self,
        id: str = "x",
        practitioner: str = "L",
        location: str | None = None,
        patient: PatientDetails | None = EVA,
        **asked: Any,
    ) -> tuple[LoadedAppointment, bool]:
        """As the database's own software does."""
        external = External(database=self.id, practitioner=practitioner, location=location)
        desk = self.north
        into = ExternalAppointments(self.store, desk.appointments, desk.patients)
        request = asking(practitioner="", patient="eva", **asked)
        return await into.put(self.id, id, external, request, patient, by="system", now=desk.now)

    async def by_rule(self, *said: Any, **more: Any) -> str | None:
        """Why there."""
        made = (await self.send(*said, **more))[0].appointment.external
        return made.settled_by if made else None

    async def where(self, *said: Any, **more: Any) -> ClinicId:
        """The clinic it falls to."""
        return (await self.send(*said, **more))[0].clinic.id


@pytest_asyncio.fixture
async def group(desk: Desk, store: RedisStore) -> Group:
    """Open."""
    return await Group(desk, await Desk(store).open()).open()


async def test_it_is_an_appointment_like_any_other(group: Group) -> None:
    """With the clinic's own practitioner, the patient that came along, and a link."""
    shown, created = await group.send(practitioner="K", location="S1")
    made = shown.appointment
    assert (created, shown.clinic.id, made.practitioner, made.patient) == (
        True, group.south.id, "dr-kim", "eva",
    )  # fmt: skip
    assert made.external == External(
        database=group.id, practitioner="K", location="S1", settled_by="location"
    )
    eva = await group.south.patients.get(group.south.id, "eva")
    assert (eva.name, eva.email, eva.phone) == ("Eva Weber", "eva@mail.example", None)
    assert await told(group.south) == [("x", "patient"), ("x", "practitioner")]
    assert await events(group.north) == []
    again, created = await group.send(practitioner="K", location="S1")
    assert (created, again.appointment) == (False, made)


async def test_its_location_says_which(group: Group) -> None:
    assert await group.where("x", location="S1") == group.south.id
    assert await group.where("y", location="N1") == group.north.id


async def test_else_there_is_only_one(group: Group) -> None:
    await group.share(in_order=False)
    assert await group.where("x", "K") == group.south.id
    assert await group.by_rule("y", "K", starts="11:00") == "only_clinic"


async def test_else_the_order(group: Group) -> None:
    assert await group.where("x") == group.north.id
    await group.share(turned=True)
    assert await group.where("y") == group.south.id
    assert await group.by_rule("z", starts="12:00") == "first_in_order"


async def test_where_no_clinic_is(group: Group) -> None:
    """Never in another clinic instead; a location of a clinic that does not share the database is none."""
    other = await Desk(group.store).open()
    await other.clinics.change(other.id, {"external_ids": ("O1",)}, other.now)
    for location in ("of no clinic", "O1"):
        refused = await refusal(group.send("z", location=location))
        assert isinstance(refused, Invalid)
        assert (refused.code, refused.field) == ("reference_unknown", "external_location")
    assert await group.store.appointment_by_id(group.north.id, "z") is None


async def test_it_stays_where_it_is_as_long_as_it_fits(group: Group) -> None:
    assert await group.by_rule() == "first_in_order"
    await group.share(turned=True)
    assert await group.by_rule() == "already_there"
    assert await group.where() == group.north.id


async def test_or_an_error_that_names_both(group: Group) -> None:
    await group.share(in_order=False)
    with pytest.raises(Contradiction) as refused:
        await group.send()
    assert refused.value.code == "ambiguous_clinic"
    assert refused.value.facts == {"clinics": [group.north.id, group.south.id]}
    for desk in (group.north, group.south):
        with pytest.raises(NotFound):
            await desk.get("x")
        with pytest.raises(NotFound):
            await desk.patients.get(desk.id, "eva")


@pytest.mark.parametrize(("practitioner", "location"), [("nobody", None), ("K", "N1")])
async def test_nobody_is_called_so_there(group: Group, practitioner: str, location: str | None) -> None:
    with pytest.raises(Invalid) as refused:
        await group.send("x", practitioner, location)
    assert (refused.value.code, refused.value.field) == ("reference_unknown", "external_practitioner")


async def test_no_such_database(group: Group) -> None:
    group.id = "nothing"
    with pytest.raises(NotFound):
        await group.send()
    with pytest.raises(NotFound):
        await group.databases.get("nothing")


async def test_the_patient_may_be_known(group: Group) -> None:
    await group.north.patients.put(group.north.id, "eva", name="Eva W.", phone="+1", now=group.north.now)
    await group.send(patient=None)
    assert (await group.north.patients.get(group.north.id, "eva")).name == "Eva W."
    await group.send(patient=PatientDetails(name="Eva Weber", phone="+2"))
    known = await group.north.patients.get(group.north.id, "eva")
    assert (known.name, known.email, known.phone) == ("Eva Weber", None, "+2")
    unknown = await refusal(group.send("y", "K", patient=None))
    assert isinstance(unknown, Invalid)
    assert (unknown.code, unknown.field) == ("reference_unknown", "patient")


async def test_it_stays_in_its_clinic(group: Group) -> None:
    """Whoever edits it means that one: another order, or none, moves nothing."""
    await group.send()
    await group.share(turned=True)
    assert await group.where(starts="11:00") == group.north.id
    await group.share(in_order=False)
    shown, created = await group.send(starts="12:00")
    assert (shown.clinic.id, created) == (group.north.id, False)
    with pytest.raises(NotFound):
        await group.south.get("x")


@pytest.mark.parametrize(("practitioner", "location"), [("L", "S1"), ("K", None)])
async def test_elsewhere_only_when_its_clinic_is_rid_of_it(
    group: Group, practitioner: str, location: str | None
) -> None:
    await group.send()
    with pytest.raises(Contradiction) as refused:
        await group.send("x", practitioner, location)
    assert (refused.value.code, refused.value.facts) == ("state_conflict", {"clinic": group.north.id})
    await group.north.cancel("x")
    assert await group.where("x", practitioner, location) == group.south.id


async def test_two_clinics_at_once(group: Group) -> None:
    """One has it, whoever came first; the other is told so."""
    for id in ("x", "y", "z"):
        sends = (group.send(id, "L", location, starts="09:00") for location in ("N1", "S1") * 3)
        made = await asyncio.gather(*sends, return_exceptions=True)
        refused = [each for each in made if isinstance(each, Contradiction)]
        assert {each.code for each in refused} == {"state_conflict"}
        shown = [each for each in made if not isinstance(each, BaseException)]
        assert len(shown) == len(refused) == 3
        [clinic] = {each.clinic.id for each, _ in shown}
        assert [created for _, created in shown].count(True) == 1
        await (group.north if clinic == group.north.id else group.south).cancel(id)


async def test_refused_in_one_it_may_come_to_another(group: Group) -> None:
    """Nothing of the first try is in the way."""
    await group.send("busy", "L", "N1")
    taken = await refusal(group.send("x", "L", "N1"))
    assert (taken.code, taken.facts["other"]) == ("slot_taken", "busy")
    assert await group.where("x", "L", "S1") == group.south.id


async def test_another_clinics_own_of_the_same_id_is_no_matter(group: Group) -> None:
    """Its own, or another database's."""
    await group.south.book("x", "15:00")
    assert await group.where() == group.north.id
    await change(group.south, "x", external=External(database="other", practitioner="L"))
    assert await group.where(starts="11:00") == group.north.id


async def test_a_clinic_that_is_gone_is_passed_over(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    read = group.store.clinic

    async def without_the_first(id: ClinicId) -> Any:
        return None if id == group.north.id else await read(id)

    monkeypatch.setattr(group.store, "clinic", without_the_first)
    assert await group.where() == group.south.id


async def test_whom_it_fits_as_well(group: Group) -> None:
    """For the diagnosis: with no rule between them only."""
    made = (await group.send())[0]
    clinic, record = made.clinic, made.appointment
    assert await rivals_of(group.store, clinic, record) == ()
    await group.share(in_order=False)
    assert await rivals_of(group.store, clinic, record) == (group.south.id,)
    assert record.external is not None
    located = replace(record, external=replace(record.external, location="N1"))
    assert await rivals_of(group.store, clinic, located) == ()
    assert await rivals_of(group.store, clinic, replace(record, external=None)) == ()
    gone = replace(record, external=External(database="nothing", practitioner="L"))
    assert await rivals_of(group.store, clinic, gone) == ()
    checks = await group.north.diagnosis.of(group.north.id, "x", group.north.now)
    [rival] = [each for each in checks if each.code == "ambiguous_clinic"]
    assert (rival.passed, rival.blocking) == (False, False), "its link is out"
    assert group.south.id in rival.message


async def test_the_group_key_is_shown_once(group: Group) -> None:
    """Made anew it would be another; changed, the database keeps it."""
    assert await group.share(in_order=False) is None
    key = f"crg.{group.id}.{group.secret}"
    assert await group.databases.authenticate(key) == group.id
    known = await group.databases.get(group.id)
    assert (known.clinics, known.in_order) == ((group.north.id, group.south.id), False)
    assert group.secret not in str(known)
    version = known.version
    await group.share(in_order=False)
    assert (await group.databases.get(group.id)).version == version


async def test_a_new_database(group: Group) -> None:
    made, key = await group.databases.put(
        f"{group.id}.2", (group.south.id,), in_order=False, secret="s" * 43, now=group.north.now
    )
    assert key == f"crg.{group.id}.2.{'s' * 43}"
    assert (made.id, made.clinics, made.in_order) == (f"{group.id}.2", (group.south.id,), False)
    assert await group.databases.authenticate(key) == made.id


async def test_two_who_make_it_at_once(group: Group) -> None:
    """One of them is shown the key that counts."""
    secrets = [new_secret() for _ in range(3)]
    made = await asyncio.gather(
        *(
            group.databases.put(f"{group.id}.3", (group.north.id,), in_order=True, secret=each, now=0)
            for each in secrets
        )
    )
    [key] = [key for _, key in made if key]
    assert await group.databases.authenticate(key) == f"{group.id}.3"


async def test_of_clinics_there_are(group: Group) -> None:
    with pytest.raises(Invalid) as refused:
        await group.databases.put(
            f"{group.id}.4", (group.north.id, ClinicId("nowhere")), in_order=True, secret="s", now=0
        )
    assert (refused.value.code, refused.value.field) == ("reference_unknown", "clinics")
    assert isinstance(await refusal(group.databases.get(f"{group.id}.4")), Refusal)


@pytest.mark.parametrize(
    "key",
    ["", "crg.", "crg..", "crg.{id}", "crg.{id}.", "crg.{id}.wrong", "{id}.{secret}", "crk.{id}.{secret}",
     "crg.nothing.{secret}", "crg.a b.{secret}"],
)  # fmt: skip
async def test_whatever_is_no_group_key(group: Group, key: str) -> None:
    assert await group.databases.authenticate(key.format(id=group.id, secret=group.secret)) is None
