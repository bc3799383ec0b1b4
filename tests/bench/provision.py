"""One clinic with everything a run needs, made through the booking service's API; none of it is measured."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import aiohttp
import msgspec

from tests.bench.processes import ADMIN_KEY
from tests.bench.wire import BenchError

AT_ONCE = 16


class Account(msgspec.Struct, frozen=True):
    """The tokens of one appointment that is open now, with a practitioner and a patient of its own."""

    patient: str
    practitioner: str


class Answer(msgspec.Struct, frozen=True):
    """What is read of the API's answers."""

    api_key: str = ""
    token: str = ""


class Api:
    """The booking service's side of our HTTP API."""

    def __init__(self, port: int) -> None:
        self._root = f"http://127.0.0.1:{port}/v1"
        self.key = ADMIN_KEY
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE))

    async def close(self) -> None:
        """Close its connections."""
        await self._session.close()

    async def clinic(self, **policy: object) -> None:
        """A clinic and a type of appointment; its key is used from here on."""
        clinic = {"id": "bench", "name": "Bench", "time_zone": "Europe/London", "policy": policy}
        self.key = (await self._call("POST", "/clinics", clinic)).api_key
        await self._call("PUT", "/appointment-types/video", {"name": "Video", "video": True, "minutes": 60})

    async def accounts(self, count: int) -> list[Account]:
        """`count` appointments from a minute ago until in an hour."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(number: int) -> Account:
            async with gate:
                return await self._account(number)

        return await asyncio.gather(*(one(number) for number in range(count)))

    async def _account(self, number: int) -> Account:
        now = datetime.now(UTC)
        await self.practitioner(number)
        await self.patient(number)
        await self._book(f"a{number}", number, number, now - timedelta(minutes=1), timedelta(minutes=61))
        return Account(
            await self._token(f"a{number}", "patient"), await self._token(f"a{number}", "practitioner")
        )

    async def practitioner(self, number: int) -> None:
        """Somebody to wait for."""
        await self._call("PUT", f"/practitioners/dr{number}", {"name": f"Dr {number}", "video_enabled": True})

    async def patient(self, number: int) -> None:
        """Somebody who waits."""
        await self._call("PUT", f"/patients/p{number}", {"name": f"Patient {number}"})

    async def patients_link(
        self, practitioner: int, patient: int, starts: datetime, length: timedelta
    ) -> str:
        """The token of a patient who sees that practitioner then. The first appointment is `a0`."""
        id = f"a{practitioner}.{patient}" if practitioner or patient else "a0"
        await self._book(id, practitioner, patient, starts, length)
        return await self._token(id, "patient")

    async def _book(
        self, id: str, practitioner: int, patient: int, starts: datetime, length: timedelta
    ) -> None:
        appointment = {
            "practitioner": f"dr{practitioner}",
            "patient": f"p{patient}",
            "type": "video",
            "starts_at": starts.isoformat(),
            "ends_at": (starts + length).isoformat(),
        }
        await self._call("PUT", f"/appointments/{id}", appointment)

    async def _token(self, id: str, person: str) -> str:
        return (await self._call("POST", f"/appointments/{id}/tokens", {"person": person})).token

    async def _call(self, method: str, path: str, body: Mapping[str, object]) -> Answer:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        data = msgspec.json.encode(body)
        async with self._session.request(method, self._root + path, data=data, headers=headers) as answer:
            content = await answer.read()
            if answer.status >= 300:
                raise BenchError(f"{method} {path}: {answer.status} {content[:500]!r}")
            return msgspec.json.decode(content, type=Answer)
