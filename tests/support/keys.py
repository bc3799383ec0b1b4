"""A file of signing keys that servers read, changed by the real command; what a server says of its keys."""

import asyncio
import base64
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from signalling import keyfile
from tests.support.server import RunningServer

READ_AGAIN = 2.0
"""Seconds within which a change is used (deploy/README.md)."""

SIGNS = 4.5
"""Seconds within which a new key signs: read again, known everywhere for 2 s, and the beat of the job."""


class KeysFile:
    """One file with one key."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.command("rotate")

    def command(self, what: str, *id: int) -> None:
        """`consultroom keys …`, in a process of its own."""
        command = [sys.executable, "-m", "signalling", "keys", what, str(self.path), *map(str, id)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=30)

    @property
    def states(self) -> dict[int, str]:
        """By id, as the file has them."""
        return {key.id: key.state for key in keyfile.read(self.path, "the file")}

    @property
    def signing(self) -> int:
        """The id of the key that is to sign."""
        return next(id for id, state in self.states.items() if state == "signing")

    def server(self, folder: Path, settings: dict[str, str] | None = None) -> RunningServer:
        """A server that reads this file; not started yet."""
        folder.mkdir(exist_ok=True)
        file = {"CONSULTROOM_KEYS": "", "CONSULTROOM_KEYS_FILE": str(self.path)}
        return RunningServer(folder, file | (settings or {}))


Samples = dict[tuple[str, ...], float]


async def metric(base_url: str, session: aiohttp.ClientSession, name: str) -> Samples:
    """A metric's values by those of its labels, in the order of their names."""
    async with session.get(f"{base_url}/metrics") as answer:
        families = text_string_to_metric_families(await answer.text())
    return {
        tuple(value for _, value in sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
        if sample.name == name
    }


async def used(base_url: str, session: aiohttp.ClientSession, states: dict[int, str], within: float) -> float:
    """Wait until a server uses exactly these keys; seconds it took."""
    begun, wanted = time.monotonic(), {(str(id), state) for id, state in states.items()}
    while (found := set(await metric(base_url, session, "consultroom_keys"))) != wanted:
        took = time.monotonic() - begun
        assert took < within, f"{found} and not {wanted} after {took:.1f} s"
        await asyncio.sleep(0.05)
    return time.monotonic() - begun


def key_of(token: str) -> int:
    """The id of the key that signed it: the payload's second byte."""
    return base64.urlsafe_b64decode(token.split(".")[1] + "==")[1]
