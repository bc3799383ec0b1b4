"""An appointment of a shared database is in one clinic at a time (B5). No commit spans two clinics, so
whoever brings a new one says first, where all look, which clinic it is for; whoever brings it for another one
waits for what comes of that.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from rooms.changes import Remember, Unremember
from rooms.ids import ClinicId
from rooms.ports import Conflict, Repeated, Store

NO_CLINIC: Final = ClinicId("")
"""What belongs to no clinic is committed under this name: no clinic is called that."""

CLAIM_LIFE: Final = 60
"""Seconds a claim outlives a process that was killed: longer than any request takes."""


@asynccontextmanager
async def home_claim(store: Store, database: str, id: str, clinic: ClinicId) -> AsyncIterator[None]:
    """Nobody puts this appointment into another clinic meanwhile. Raises `Conflict` while somebody may."""
    name = hashlib.sha256(f"home\n{database}\n{id}".encode()).hexdigest()
    try:
        await store.commit(NO_CLINIC, [Remember(name, clinic, 0, b"", seconds=CLAIM_LIFE)])
    except Repeated:
        held = await store.remembered(NO_CLINIC, name)
        if held is None or held.fingerprint != clinic:
            raise Conflict(store.retry_ticket(NO_CLINIC, name)) from None
        yield  # its twin's, for the same clinic, whose own commits settle it
        return
    try:
        yield
    finally:
        await store.commit(NO_CLINIC, [Unremember(name)])
