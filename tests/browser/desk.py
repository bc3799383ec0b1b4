"""The front desk's browser: the staff page open, with the words its tests are written in."""

from tests.browser.person import Person
from tests.support.api import Clinic, Json


class FrontDesk:
    """Opened by a staff link of its own."""

    def __init__(self, clinic: Clinic, person: Person, link: Json) -> None:
        self.clinic, self.person, self.page, self.link = clinic, person, person.page, link

    @classmethod
    async def opens(cls, clinic: Clinic, person: Person, *, hours: float = 1) -> "FrontDesk":
        link = await clinic.api.post("/v1/staff-links", name="Jo at the desk", hours=hours)
        desk = cls(clinic, person, link)
        await person.open("s", str(link["token"]))
        return desk

    async def sees(self, what: str, text: str = "") -> str:
        return await self.person.sees(what, text)

    async def section(self, name: str) -> None:
        """By its name beside the page."""
        await self.page.click(f".sidebar button:has-text('{name}')")

    async def row(self, patient: str) -> str:
        """Opens somebody's appointment in a list, unless it is open; what it says."""
        row = f".row:has-text('{patient}')"
        if await self.page.get_attribute(row, "open") is None:
            await self.page.click(f"{row} > summary")
        await self.sees(f"{row} .persons li")
        return await self.sees(row)

    async def press(self, name: str) -> None:
        """A button by what a screen reader calls it."""
        await self.page.get_by_role("button", name=name, exact=True).click()

    async def answers(self, reason: str) -> None:
        """Gives a reason in a dialog and does what it asks about."""
        await self.page.fill("dialog #reason", reason)
        await self.page.click("dialog [type=submit]")
        await self.page.wait_for_selector("dialog", state="detached")

    async def told(self, text: str) -> None:
        """What is said where something was done."""
        await self.sees(".news", text)
