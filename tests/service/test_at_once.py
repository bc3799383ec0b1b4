"""What is made under an id from outside, sent twice at once: one of the two makes it, both are answered with
it, and it is never in its own way. The twin comes from another process, before each call of the store in
turn.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace

from rooms.booking.request import as_request
from rooms.calendar import Clash
from rooms.errors import Contradiction, Invalid, NotFound
from rooms.ids import ClinicId, new_number, new_secret
from rooms.outgoing import clash_task
from rooms.ports import Put, Store
from rooms.records import External, Status
from rooms.service.administration.erasure import Erasure
from rooms.service.administration.external import Databases, ExternalAppointments
from rooms.service.administration.people import AppointmentTypes, PatientDetails, Patients, Practitioners
from rooms.service.appointments import clashes
from rooms.service.appointments.appointments import Appointments
from rooms.service.idempotency import Act, Actor
from rooms.service.messages.webhooks import Webhooks
from rooms.store import RedisStore, connect
from tests.service.front import Front, code, refusal
from tests.service.meanwhile import Deed, at_every_call
from tests.service.rescheduled import reallocate
from tests.support.builders import at
from tests.support.desk import Desk, asking
from tests.support.redis_server import RedisServer

Make = Callable[[Store], Awaitable[tuple[Any, bool]]]
"""What was made, and whether it is new."""


@pytest_asyncio.fixture
async def elsewhere(redis: RedisServer) -> Any:
    """Another process's store."""
    made = connect(redis.url)
    yield made
    await made.close()


async def twice(store: Store, elsewhere: Store, make: Callable[[int], Make]) -> list[list[tuple[Any, bool]]]:
    """Each of `make`'s, sent by two processes, the other's before each call of this one's store in turn."""
    rounds: list[list[tuple[Any, bool]]] = []

    async def attempt(nth: int, with_deed: Callable[[Deed], Store]) -> None:
        answers: list[tuple[Any, bool]] = []

        async def twin() -> None:
            answers.append(await make(nth)(elsewhere))

        answers.append(await make(nth)(with_deed(twin)))
        rounds.append(answers)

    assert await at_every_call(store, attempt) > 0
    return rounds[:-1]


def check_same(rounds: list[list[tuple[Any, bool]]]) -> None:
    """Both are answered alike, and of one it was new."""
    for (one, is_new), (other, is_other_new) in rounds:
        assert one == other
        assert [is_new, is_other_new] in ([True, False], [False, True])


@pytest.mark.parametrize("status", ["confirmed", "held"])
async def test_an_appointment(desk: Desk, store: RedisStore, elsewhere: RedisStore, status: Status) -> None:
    def make(nth: int) -> Make:
        request = replace(asking("08:30", minutes=5, status=status), starts_at=at("08:00") + nth * 600_000)
        request = replace(request, ends_at=request.starts_at + 300_000)
        return lambda its: Appointments(its, desk.bus).put(
            Act(desk.id, desk.now, Actor("staff")), f"a{nth}", request
        )

    check_same(
        [
            [((shown.appointment.no, shown.appointment.starts_at), new) for shown, new in answers]
            for answers in await twice(store, elsewhere, make)
        ]
    )
    assert await store.clashes(desk.id) == []


async def test_one_that_a_shared_database_sends(desk: Desk, store: RedisStore, elsewhere: RedisStore) -> None:
    name = f"ris-{new_number()}"
    await desk.practitioners.put(desk.id, "dr-lee", name="Dr Lee", external_ids=("LEE",), now=desk.now)
    await Databases(store).put(name, (desk.id,), in_order=True, secret=new_secret(), now=desk.now)
    external = External(database=name, practitioner="LEE")

    def make(nth: int) -> Make:
        request = replace(asking(patient=f"new{nth}"), starts_at=at("08:00") + nth * 600_000)
        request = replace(request, ends_at=request.starts_at + 300_000)

        async def send(its: Store) -> tuple[Any, bool]:
            made = ExternalAppointments(its, Appointments(its, desk.bus), Patients(its))
            return await made.put(
                name, f"x{nth}", external, request, PatientDetails(name="New"), by="staff", now=desk.now
            )

        return send

    check_same(
        [
            [(shown.appointment.no, new) for shown, new in answers]
            for answers in await twice(store, elsewhere, make)
        ]
    )
    assert await store.clashes(desk.id) == []


async def test_people_types_and_webhooks(desk: Desk, store: RedisStore, elsewhere: RedisStore) -> None:
    now, id = desk.now, desk.id
    makes: list[Callable[[int], Make]] = [
        lambda n: lambda its: Practitioners(its).put(id, f"p{n}", name="Dr New", now=now),
        lambda n: lambda its: Patients(its).put(id, f"u{n}", name="New", email="n@mail.example", now=now),
        lambda n: (
            lambda its: AppointmentTypes(its).put(id, f"t{n}", name="T", video=True, minutes=5, now=now)
        ),
        lambda n: lambda its: Webhooks(its, new_secret).put(id, f"h{n}", url="https://a.example", events=()),
    ]
    for make in makes:
        rounds = await twice(store, elsewhere, make)
        # The answers are equal but for the version: neither numbers nor secrets differ.
        check_same([[(replace(made, version=0), new) for made, new in answers] for answers in rounds])


async def test_a_database_has_one_group_key_which_one_of_the_two_is_shown(
    desk: Desk, store: RedisStore, elsewhere: RedisStore
) -> None:
    name = f"ris-{new_number()}"

    def make(nth: int) -> Make:
        async def put(its: Store) -> tuple[Any, bool]:
            of = Databases(its)
            made, key = await of.put(
                f"{name}.{nth}", (desk.id,), in_order=True, secret=new_secret(), now=desk.now
            )
            if key is not None:
                assert await of.authenticate(key) == made.id
            return replace(made, version=0), key is not None

        return put

    check_same(await twice(store, elsewhere, make))


async def test_a_clinic_is_made_by_one_of_the_two_and_the_other_is_told(
    desk: Desk, store: RedisStore, elsewhere: RedisStore
) -> None:
    """The key that is shown is the one that works: nobody is given another."""
    id = ClinicId(f"clinic-{new_number()}")

    def make(nth: int) -> Make:
        async def create(its: Store) -> tuple[Any, bool]:
            try:
                made, key = await Desk(its).clinics.create(
                    ClinicId(f"{id}.{nth}"), "Twice", "UTC", api_secret=new_secret(), now=desk.now
                )
            except Contradiction as refused:
                return refused.code, False
            assert await Desk(its).clinics.authenticate(key) == made.id
            return "made", True

        return create

    for answers in await twice(store, elsewhere, make):
        assert sorted(answers) == [("clinic_exists", False), ("made", True)]


async def test_a_twin_that_was_seated_is_no_clash(
    desk: Desk, store: RedisStore, elsewhere: RedisStore
) -> None:
    """Its time was taken, and became free between the twins: what was refused at first is booked."""
    refused: list[int] = []

    async def attempt(nth: int, with_deed: Callable[[Deed], Store]) -> None:
        start = at("08:00") + nth * 600_000
        request = replace(asking(patient="bob"), starts_at=start, ends_at=start + 300_000)
        there = Appointments(elsewhere, desk.bus)
        await there.put(
            Act(desk.id, desk.now, Actor("staff")), f"in-the-way{nth}", replace(request, patient="ada")
        )

        async def twin() -> None:
            await there.cancel(Act(desk.id, desk.now, Actor("staff"), "ill"), f"in-the-way{nth}", note=None)
            await there.put(Act(desk.id, desk.now, Actor("staff")), f"b{nth}", request)

        mine = Appointments(with_deed(twin), desk.bus)
        try:
            shown, _ = await mine.put(Act(desk.id, desk.now, Actor("staff")), f"b{nth}", request)
        except Contradiction:
            refused.append(nth)
            return
        assert shown.appointment.starts_at == start
        assert await store.clash(desk.id, f"b{nth}") is None

    last = await at_every_call(store, attempt)
    # The whole of that one was over before the twin would have come.
    assert refused == [last]


async def test_whoever_is_erased_meanwhile_waits_nowhere(
    desk: Desk, store: RedisStore, elsewhere: RedisStore
) -> None:
    """H4: a request that could not be placed has guests' names in it."""
    await desk.book("a")

    async def attempt(nth: int, with_deed: Callable[[Deed], Store]) -> None:
        patient = f"pat{nth}"
        await desk.patients.put(desk.id, patient, name="Gone", now=desk.now)

        async def erase() -> None:
            await Erasure(elsewhere, desk.bus).erase(desk.id, patient, now=desk.now)

        mine = Appointments(with_deed(erase), desk.bus)
        with pytest.raises((Contradiction, Invalid)):
            await mine.put(Act(desk.id, desk.now, Actor("staff")), f"b{nth}", asking(patient=patient))

    never_erased = await at_every_call(store, attempt)
    assert [each.request.patient for each in await store.clashes(desk.id)] == [f"pat{never_erased}"]


async def listed_against_itself(front: Front) -> None:
    """As an earlier version wrote it down."""
    there = await front.desk.book("a")
    clash = Clash(id="a", other=there.no, request=as_request(there), at=front.desk.now)
    await front.store.commit(front.desk.id, [Put(clash)])


async def test_what_was_written_down_against_itself_does_no_harm(front: Front) -> None:
    await listed_against_itself(front)
    before = await front.desk.get("a")
    assert await clashes.listed(front.store, front.desk.id, front.desk.now) == []
    with pytest.raises(NotFound):
        await front.reschedules.seat(
            Act(front.desk.id, front.desk.now, Actor("staff"), reason="as listed"),
            "a",
            practitioner=None,
            starts_at=at("14:00"),
            ends_at=None,
        )
    refused = await refusal(reallocate(front, "a", "14:00", seat="a"))
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.field) == ("value_invalid", "seat")
    await front.desk.book("c", "12:00", patient="bob")
    assert await code(reallocate(front, "c", "15:00", seat="a")) == "not_found"
    assert await front.desk.get("a") == before
    await front.desk.book("a", "16:00")
    assert await front.store.clash(front.desk.id, "a") is None


async def test_it_can_be_dropped(front: Front) -> None:
    await listed_against_itself(front)
    await clashes.drop(front.store, front.desk.id, "a")
    assert await front.store.clash(front.desk.id, "a") is None
    assert await front.store.task(front.desk.id, clash_task("a")) is None
