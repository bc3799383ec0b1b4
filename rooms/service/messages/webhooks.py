"""Webhooks: where a clinic is told what happened, how that goes, and what is to be sent once more (F6)."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from rooms.changes import Change
from rooms.errors import Contradiction
from rooms.events import Delivery, Hook, HookNo, waiting
from rooms.ids import ClinicId, new_number
from rooms.outgoing import Enqueue, ReplayDeadLetter
from rooms.ports import Drop, Put, Store
from rooms.service.idempotency import Keep, kept_answer
from rooms.service.load import existing
from rooms.service.retry import retried
from rooms.times import DAY, Instant

BOTH_SIGN = DAY
"""Milliseconds for which the former secret signs along after a new one was made."""

DELIVERIES_SHOWN = 100
"""Deliveries shown of each kind."""

REPLAYED_AT_ONCE = 50
"""Dead letters taken up in one commit."""


class Webhooks:
    """`secret`: makes a new one, `whsec_…`."""

    def __init__(self, store: Store, secret: Callable[[], str]) -> None:
        self.store, self.secret = store, secret

    @retried
    async def put(self, clinic: ClinicId, id: str, *, url: str, events: Sequence[str]) -> tuple[Hook, bool]:
        """Make it so, enabled; whether it is new. The secret stays."""
        before = await self.store.hook(clinic, id)
        base = before or Hook(
            id=id, no=HookNo(new_number()), url=url, events=tuple(events), secret=self.secret()
        )
        after = replace(base, url=url, events=tuple(events), disabled=None)
        if after != before:
            await self.store.commit(clinic, [Put(after)])
        return after, before is None

    async def get(self, clinic: ClinicId, id: str) -> Hook:
        """Raises `NotFound`."""
        return existing(await self.store.hook(clinic, id), "webhook")

    async def listed(self, clinic: ClinicId) -> list[Hook]:
        """All of them, by id."""
        return await self.store.hooks(clinic)

    @retried
    async def delete(self, clinic: ClinicId, id: str) -> None:
        """Nothing is sent there any more, waiting or not. Raises `NotFound`."""
        await self.store.commit(clinic, [Drop(await self.get(clinic, id))])

    @retried
    async def rotate(self, clinic: ClinicId, id: str, now: Instant, keep: Keep[Hook] | None = None) -> Hook:
        """A new secret; for a day messages carry both signatures. Raises `NotFound`."""
        known = await self.get(clinic, id)
        after = replace(known, secret=self.secret(), former=known.secret, former_until=now + BOTH_SIGN)
        await self.store.commit(clinic, [Put(after), *kept_answer(keep, after)])
        return after

    async def deliveries(self, clinic: ClinicId, id: str) -> list[Delivery]:
        """What waits after a failed try, what was given up, and the last that arrived. Raises `NotFound`."""
        hook = (await self.get(clinic, id)).no
        still = [waiting(message, tried) for message, tried in await self.store.struggling(clinic, hook)]
        done = [
            each for each in await self.store.finished(clinic, hook, DELIVERIES_SHOWN) if each.state != "dead"
        ]
        return [*still[:DELIVERIES_SHOWN], *(await self.store.dead(clinic, hook))[:DELIVERIES_SHOWN], *done]

    @retried
    async def replay(
        self,
        clinic: ClinicId,
        id: str,
        messages: Sequence[str] | None,
        now: Instant,
        keep: Keep[int] | None = None,
    ) -> int:
        """Send dead letters once more, all or those of these ids, each with the id it had; how many. Raises
        `NotFound`, and `webhook_disabled` where they would be dead letters again.
        """
        target = await self.get(clinic, id)
        if target.disabled is not None:
            raise Contradiction(
                "webhook_disabled", "Nothing is sent to this webhook; PUT it to enable it again."
            )
        hook = target.no
        wanted = [
            each
            for each in await self.store.dead(clinic, hook)
            if messages is None or each.message.event.id in messages
        ][:REPLAYED_AT_ONCE]
        changes: list[Change] = []
        for each in wanted:
            changes += (ReplayDeadLetter(hook, each.message.event.id), Enqueue(hook, each.message, now))
        await self.store.commit(clinic, [*changes, *kept_answer(keep, len(wanted))])
        return len(wanted)
