"""`python -m tests.bench.skew`: two processes on one store, one of them on a machine whose clock is wrong.
Who is cut off, is an outage recorded that never was, and does the wrong one call itself ready?

Four pairs of patient and practitioner, spread over both, stay for a minute and come back when cut off.
`--checkout` measures another checkout's servers with this client.
"""

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import msgspec
import redis

from tests.bench.wire import BenchError
from tests.support.api import Clinic
from tests.support.peer import Closed, Peer, connected
from tests.support.server import READY, RunningServer

CHECKOUT = Path(__file__).parents[2]
SERVER = Path(__file__).with_name("skewed_server.py")

PAIRS = 4
"""Of patient and practitioner: one on each process alone, and two over both."""

OUTAGES = "{fleet}:outages"
"""The store's list of them (rooms/store/keys.py), in every version measured."""

REST = 2.0
"""Seconds between two things a client says: often enough that only a wrong clock can call it gone."""


class Found(msgspec.Struct, frozen=True):
    """`closed`: how often by close code, or by the code of the refusal that met whoever came back. `outages`:
    recorded, of which there was none. `ready`: the status of the wrong process's `/readyz`.
    """

    closed: Counter[str]
    outages: int
    ready: int


class Skewed(RunningServer):
    """A process of a checkout, `ahead` milliseconds ahead; on another's Redis where there is one."""

    def __init__(self, folder: Path, checkout: Path, ahead: int, other: RunningServer | None = None) -> None:
        pages = {"CONSULTROOM_PUBLIC_URL": other.base_url} if other else {}
        super().__init__(folder, {"PYTHONPATH": str(checkout), **pages})
        self.wrapped = ("env", "-C", str(checkout))
        self.program = (str(SERVER), str(ahead))
        if other:
            self.redis, self.keys, self.admin_key = other.redis, other.keys, other.admin_key

    def _wait_until_ready(self) -> None:
        """One that is far ahead is right never to be ready: whether it answers is enough."""
        deadline = time.monotonic() + READY
        while self.process.poll() is None and time.monotonic() < deadline:
            if self.answer() is not None:
                return
            time.sleep(0.05)
        raise BenchError(f"The server does not answer; its log ends with:\n{self.log.read_text()[-2000:]}")

    def answer(self) -> int | None:
        """The status of its `/readyz`; None where nothing answers."""
        try:
            with urllib.request.urlopen(f"{self.base_url}/readyz", timeout=2) as answered:
                return int(answered.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None


class Person:
    """Stays until the end, and comes back whenever the connection is closed."""

    def __init__(self, at: RunningServer, origin: str, token: object, session: aiohttp.ClientSession) -> None:
        self._at, self._origin, self._token, self._session = at, origin, token, session
        self.closed: Counter[str] = Counter()
        self._last: Peer | None = None

    async def stay(self, until: float) -> None:
        """Until that time of the monotonic clock."""
        while time.monotonic() < until:
            async with connected(self._at.base_url, self._session, origin=self._origin) as peer:
                said = await (peer.resume(self._last) if self._last else peer.hello(self._token))
                if said["type"] == "error":
                    self.closed[said["code"]] += 1
                    self._last = None
                    await asyncio.sleep(REST)
                    continue
                self._last = peer
                await self._talk(peer, until)

    async def _talk(self, peer: Peer, until: float) -> None:
        try:
            while time.monotonic() < until:
                await peer.say("ping")
                await peer.quiet(REST)
        except (Closed, ConnectionError):
            self.closed[str(peer.ws.close_code)] += 1


async def people(servers: Sequence[RunningServer], session: aiohttp.ClientSession) -> list[Person]:
    """The pairs, each on a practitioner's day of its own."""
    first = servers[0]
    clinic = await Clinic.opened(first.base_url, first.admin_key, session)
    found = []
    for number in range(PAIRS):
        practitioner, patient = f"dr-{number}", f"p-{number}"
        await clinic.api.put(f"/v1/practitioners/{practitioner}", name=practitioner, video_enabled=True)
        await clinic.api.put(f"/v1/patients/{patient}", name=patient)
        await clinic.book(f"v-{number}", patient=patient, practitioner=practitioner)
        for who, server in (("practitioner", servers[number % 2]), ("patient", servers[number // 2])):
            token = await clinic.token(who, f"v-{number}")
            found.append(Person(server, first.base_url, token, session))
    return found


async def bench(checkout: Path, ahead: int, seconds: float) -> Found:
    """Both processes on a Redis of their own."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, contextlib.ExitStack() as stack:
        folders = [Path(name, each) for each in ("right", "wrong")]
        for folder in folders:
            folder.mkdir()
        right = stack.enter_context(Skewed(folders[0], checkout, 0))
        # Its Redis is the right one's, which ends after it.
        wrong = Skewed(folders[1], checkout, ahead, right)
        wrong.start()
        stack.callback(wrong.kill)
        async with aiohttp.ClientSession() as session:
            present = await people((right, wrong), session)
            until = time.monotonic() + seconds
            await asyncio.gather(*(person.stay(until) for person in present))
        with redis.Redis(unix_socket_path=str(right.redis.socket)) as store:
            outages = int(store.zcard(OUTAGES))
        return Found(sum((person.closed for person in present), Counter()), outages, wrong.answer() or 0)


def text(ahead: int, found: Found) -> str:
    """One line."""
    closed = ", ".join(f"{count} x {code}" for code, count in sorted(found.closed.items())) or "nobody"
    return (
        f"{ahead / 1000:g} s ahead, {2 * PAIRS} people: cut off {closed}; outages recorded: {found.outages}; "
        f"readyz of the wrong one: {found.ready}\n"
    )


def main() -> int:
    """0 and a line for each skew on stdout, or 1 and a sentence on stderr."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.skew", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few seconds: only that it works")
    parser.add_argument("--seconds", type=float, default=60, help="how long people stay (60)")
    parser.add_argument("--ahead", type=int, nargs="+", default=[20_000, 40_000], help="ms (20000 40000)")
    parser.add_argument("--checkout", type=Path, default=CHECKOUT, help="another checkout that is measured")
    given = parser.parse_args()
    skews, seconds = ([20_000], 3.0) if given.quick else (given.ahead, given.seconds)
    try:
        for ahead in skews:
            found = asyncio.run(bench(given.checkout.resolve(), ahead, seconds))
            sys.stdout.write(text(ahead, found))
    except BenchError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
