"""What the tests of what is due share."""

import asyncio
from collections.abc import Awaitable, Callable

from signalling.jobs.task_runner import TaskRunner
from signalling.outbound.webhook_signature import new_secret
from tests.service.dispatch_room import Room
from tests.support.desk import Desk
from tests.support.receiver import Receiver

Process = Callable[..., Awaitable[TaskRunner]]


async def work(*processes: TaskRunner, rounds: int = 8) -> None:
    """All of them look for what is due, again and again, until what they took is done."""
    for _ in range(rounds):
        await asyncio.gather(*(each.run() for each in processes))
        await asyncio.gather(*(task for each in processes for task in list(each.running)))


async def hooked(desk: Desk, receiver: Receiver) -> Room:
    room = Room(desk, mail=False)
    secret = new_secret()
    room.hooks.secret = lambda: secret
    await room.hooks.put(desk.id, "main", url=receiver.url, events=["*"])
    receiver.trust(secret)
    return room
