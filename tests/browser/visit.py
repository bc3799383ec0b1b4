"""Two people and their links, and the steps of a visit in their words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from playwright.async_api import Browser

from tests.browser.person import Person
from tests.support.api import Clinic
from tests.support.server import RunningServer


@dataclass
class Visit:
    """`patient` has a phone, `practitioner` a desk."""

    clinic: Clinic
    patient: Person
    practitioner: Person
    patient_token: str
    room_token: str

    @classmethod
    async def of(cls, clinic: Clinic, patient: Person, practitioner: Person) -> "Visit":
        """Fetches the links of the appointment `a-1`."""
        room = await clinic.api.post("/v1/practitioners/dr/room-link", hours=12)
        return cls(clinic, patient, practitioner, await clinic.token(), str(room["token"]))

    @classmethod
    @asynccontextmanager
    async def on(cls, server: RunningServer, chromium: Browser, script: str = "") -> AsyncIterator["Visit"]:
        """Two people, who leave afterwards, and an appointment at a clinic of its own there; `script` runs in
        their pages before ours."""
        async with aiohttp.ClientSession() as session:
            clinic = await Clinic.opened(server.base_url, server.admin_key, session)
            await clinic.book()
            people = [await Person.sits_down(chromium, server.base_url) for _ in range(2)]
            for person in people:
                await person.context.add_init_script(script)
            yield await cls.of(clinic, *people)
            for person in people:
                await person.leaves()

    def met_no_problem(self) -> None:
        """The browser itself writes a refused connection to the console; everything else is a problem as
        ever."""
        problems = [*self.patient.problems, *self.practitioner.problems]
        assert [problem for problem in problems if "ERR_CONNECTION_REFUSED" not in problem] == []

    async def patient_waits(self) -> None:
        """Opens the link, joins, and sees the waiting room."""
        await self.patient.open("j", self.patient_token)
        await self.patient.click("#join")
        await self.patient.sees(".place", "You are next.")

    async def practitioner_comes(self) -> None:
        """Opens the room link and the meeting."""
        await self.practitioner.open("p", self.room_token)
        await self.practitioner.click("#open")
        await self.practitioner.sees(".lobby h1")

    async def admitted(self) -> None:
        """The practitioner admits whoever is first; both see and hear each other."""
        await self.practitioner.click(".queue button:enabled")
        await self.patient.sees(".call")
        await self.both_see_and_hear()

    async def both_see_and_hear(self) -> None:
        await self.patient.sees_and_hears()
        await self.practitioner.sees_and_hears()

    async def begins(self) -> None:
        """From two closed browsers to a call."""
        await self.patient_waits()
        await self.practitioner_comes()
        await self.admitted()
