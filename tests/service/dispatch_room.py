"""A desk's post room: what a job does with the outbox and its lanes, step by step."""

import json
from typing import Any

import msgspec

from rooms.access.tokens import Keyring, SigningKey
from rooms.events import Hook, HookNo
from rooms.outgoing import MAIL, OUTBOX, Task, TaskStill, delivery_queue_task
from rooms.service.messages.dispatch import Dispatch, ToHook, ToPerson, Work
from rooms.service.messages.webhooks import Webhooks
from rooms.times import Instant
from tests.service.emitted import TAKEN, take
from tests.support.desk import PUBLIC_URL, Desk


class Room:
    """`posting` as this desk's process has it; `secrets` counts those that were made."""

    def __init__(self, desk: Desk, *, mail: bool = True) -> None:
        self.desk, self.made = desk, 0
        self.dispatch = Dispatch(desk.store, desk.links.keyring, PUBLIC_URL, mail=mail)
        self.hooks = Webhooks(desk.store, self._secret)

    def _secret(self) -> str:
        self.made += 1
        return f"whsec_{self.made}"

    async def hook(self, id: str = "main", *events: str) -> Hook:
        """A webhook for these events, or all."""
        made, _ = await self.hooks.put(
            self.desk.id, id, url="https://hooks.example.org/in", events=events or ("*",)
        )
        return await self.hooks.get(self.desk.id, made.id)

    async def hand_on(self) -> None:
        """The outbox to its lanes, as the job does."""
        taken = await take(self.desk, OUTBOX)
        assert taken is not None, "nothing is in the outbox"
        await self.dispatch.hand_on(self.desk.id, taken, self.desk.now)
        assert await self.desk.store.task(self.desk.id, OUTBOX) is None

    async def take(self, hook: HookNo, subject: str) -> Instant:
        """A lane, from other processes."""
        name = delivery_queue_task(hook, subject)
        due = await self.desk.store.task(self.desk.id, name)
        assert due is not None, "this lane waits for nothing"
        self.desk.now = max(self.desk.now, due)
        taken = self.desk.now + TAKEN
        await self.desk.store.commit(self.desk.id, [TaskStill(name, due), Task(name, taken)])
        return taken

    async def head(self, hook: HookNo, subject: str) -> Work | None:
        """What is to be sent next."""
        return await self.dispatch.open(self.desk.id, hook, subject)

    async def mail(self, subject: str) -> ToPerson | None:
        """The next mail."""
        work = await self.head(MAIL, subject)
        assert work is None or isinstance(work, ToPerson)
        return work

    async def webhook(self, hook: Hook, subject: str) -> ToHook | None:
        """The next webhook."""
        work = await self.head(hook.no, subject)
        assert work is None or isinstance(work, ToHook)
        return work

    async def fail(self, hook: HookNo, work: Work, why: str = "timeout", **how: Any) -> str:
        """It did not arrive."""
        return await self.dispatch.failed(self.desk.id, hook, work.message, self.desk.now, why=why, **how)

    async def arrive(self, hook: HookNo, work: Work, status: int = 200) -> None:
        """It did."""
        await self.dispatch.arrived(self.desk.id, hook, work.message, self.desk.now, status)

    async def drained(self, hook: Hook, subject: str) -> list[dict[str, Any]]:
        """Everything on a lane, taken off it: the bodies in order."""
        bodies: list[dict[str, Any]] = []
        while (work := await self.webhook(hook, subject)) is not None:
            bodies.append(json.loads(work.body))
            await self.arrive(hook.no, work)
        return bodies

    def rotate(self) -> None:
        """Another key signs; the one of now is accepted."""
        ring: Keyring = self.desk.links.keyring
        fresh = SigningKey(ring.signing.id + 1, b"5f4e3d2c1b0a69788796a5b4c3d2e1f0", "signing")
        ring.replace([fresh, msgspec.structs.replace(ring.signing, state="accepted")])
