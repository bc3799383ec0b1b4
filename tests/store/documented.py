"""Every key in a Redis, held against the table of `rooms.store.keys`."""

import asyncio
import re

from rooms.store import keys
from tests.store.backends import Backend

_ROW = re.compile(r"^\| `(?P<shape>[^|]+)` \| (?P<type>\w+) \| .+ \| .+ \|$", re.MULTILINE)


def table() -> dict[str, str]:
    """Shape to type, as documented."""
    return {row["shape"]: row["type"] for row in _ROW.finditer(keys.__doc__ or "")}


def shape_of(key: str) -> str | None:
    """Which documented shape a key has."""
    return next((shape for shape, pattern in keys.SHAPES.items() if pattern.match(key)), None)


async def found(backend: Backend) -> dict[str, str]:
    """Every key there is, and its type."""
    lane = backend.lane()
    try:
        names = [name.decode() for name in await lane.call("KEYS", "*")]
        types = await asyncio.gather(*(lane.call("TYPE", name) for name in names))
    finally:
        await lane.close()
    # What has expired between the two questions is of no type.
    return {name: type.decode() for name, type in zip(names, types, strict=True) if type != b"none"}


async def undocumented(backend: Backend) -> list[str]:
    """Keys of no documented shape, or of another type than documented."""
    documented = table()
    there = await found(backend)
    return [f"{key} ({type})" for key, type in there.items() if documented.get(shape_of(key) or "") != type]
