"""Whatever is put, switched and healed in whatever order: nobody is told twice of one link, and in the end
every appointment whose set-up is good has one (B1, B4).
"""

import asyncio
import random
from collections import Counter
from typing import Any

import pytest

from rooms.calendar import GuestRequest
from rooms.errors import Contradiction
from rooms.outgoing import BACKFILL
from rooms.service.idempotency import Act
from rooms.service.links import backfill
from rooms.service.links.backfill import Backfill
from tests.service.emitted import events, heal, take
from tests.support.desk import DESK, Desk

STEPS = 40
MUM, DAD = GuestRequest(id="mum", name="M"), GuestRequest(id="dad", name="D")
GUESTS: list[tuple[GuestRequest, ...]] = [(), (MUM,), (MUM, DAD)]


class Walk:
    """One clinic, changed at random."""

    def __init__(self, desk: Desk, chance: random.Random) -> None:
        self.desk, self.chance = desk, chance
        self.booked: dict[str, dict[str, Any]] = {}

    async def step(self) -> None:
        deed = self.chance.choice(
            [self.put, self.put, self.put, self.video, self.kind, self.cancel, self.heal_a_bit, self.again]
        )
        try:
            await deed()
        except Contradiction:
            return  # the walk asks for what cannot be, too: a slot that is taken, a cancelled appointment

    async def put(self) -> None:
        id, hour = f"a{self.chance.randrange(6)}", 9 + self.chance.randrange(12)
        external = self.chance.random() < 0.5
        await self.desk.book(
            id,
            f"{hour:02}:00",
            practitioner=self.chance.choice(["dr-lee", "dr-kim"]),
            type=None if external else "consult",
            external_type="outside" if external else None,
            guests=self.chance.choice(GUESTS),
            status=self.chance.choice(["held", "confirmed", "confirmed"]),
        )

    async def video(self) -> None:
        id = self.chance.choice(["dr-lee", "dr-kim"])
        on = self.chance.random() < 0.5
        await self.desk.practitioners.put(self.desk.id, id, name=id, video_enabled=on, now=self.desk.now)

    async def kind(self) -> None:
        names = ("outside",) if self.chance.random() < 0.5 else ()
        video = self.chance.random() < 0.7
        await self.desk.types.put(
            self.desk.id,
            "consult",
            name="C",
            video=video,
            minutes=30,
            external_ids=names,
            now=self.desk.now,
        )

    async def cancel(self) -> None:
        if self.chance.random() < 0.2:
            for id in [f"a{n}" for n in range(6)]:
                if await self.desk.store.appointment_by_id(self.desk.id, id) is not None:
                    await self.desk.cancel(id)
                    return

    async def heal_a_bit(self) -> None:
        """A run that is stopped after some batches, while somebody else puts."""
        taken = await take(self.desk, BACKFILL)
        if taken is not None:
            run = Backfill(self.desk.store).run(self.desk.id, taken, self.desk.now)
            run_ended, put = await asyncio.gather(run, self.put(), return_exceptions=True)
            assert run_ended is None
            assert put is None or isinstance(put, Contradiction)

    async def again(self) -> None:
        id = f"a{self.chance.randrange(6)}"
        if await self.desk.store.appointment_by_id(self.desk.id, id) is not None:
            await self.desk.staff_acts.revoke(
                Act(self.desk.id, self.desk.now, DESK, reason="x"), id, "patient"
            )
            await self.desk.staff_acts.resend(
                Act(self.desk.id, self.desk.now, DESK, reason=None), id, "patient"
            )


@pytest.mark.parametrize("seed", range(12))
async def test_a_walk(desk: Desk, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backfill, "BACKFILL_BATCH", 2)
    monkeypatch.setattr(backfill, "BACKFILL_BATCHES", 1)
    walk = Walk(desk, random.Random(seed))
    for _ in range(STEPS):
        desk.now += 60_001
        await walk.step()
    await desk.practitioners.put(desk.id, "dr-lee", name="L", video_enabled=True, now=desk.now)
    await desk.practitioners.put(desk.id, "dr-kim", name="K", video_enabled=True, now=desk.now)
    await desk.types.put(
        desk.id, "consult", name="E", video=True, minutes=30, external_ids=("outside",), now=desk.now
    )
    await heal(desk)
    told = Counter(
        (each.appointment, each.person, each.link and each.link.number)
        for each in await events(desk, "link.issued")
    )
    assert [who for who, times in told.items() if times > 1] == []
    for n in range(6):
        known = await desk.store.appointment_by_id(desk.id, f"a{n}")
        if known is not None and known.status == "confirmed":
            assert known.issued_at, known
            people = {0, 1, *(guest.number for guest in known.guests)}
            # One that was taken back, and could not be sent anew then, waits for the desk.
            assert people - set(known.revoked) <= set(known.told)
    assert await desk.store.unissued_count(desk.id) == 0
