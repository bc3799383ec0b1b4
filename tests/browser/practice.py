"""The practitioner's browser: their page open, with the words its tests are written in."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.browser.person import Person
from tests.support.api import Clinic, Json

SYDNEY = ZoneInfo("Australia/Sydney")
DESK = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB"}
PHONE = {"locale": "en-GB"}


def soon(weekday: int, *, weeks: int = 1) -> datetime:
    """That weekday's midnight at the clinic, at least a day and at most `weeks` weeks and a day from now."""
    tomorrow = datetime.now(UTC).astimezone(SYDNEY).replace(
        hour=0, minute=0, second=0, microsecond=0
    ) + timedelta(days=1)
    return tomorrow + timedelta(days=(weekday - tomorrow.weekday()) % 7 + 7 * (weeks - 1))


def at(day: datetime, hour: int, minute: int = 0) -> str:
    """A time by the clinic's clock on that day, as RFC 3339."""
    return day.replace(hour=hour, minute=minute).isoformat()


async def book_at(
    clinic: Clinic, id: str, start: str, *, minutes: int = 15, patient: str = "pat", practitioner: str = "dr"
) -> None:
    """An appointment at that time."""
    ends = (datetime.fromisoformat(start) + timedelta(minutes=minutes)).isoformat()
    who = {"practitioner": practitioner, "patient": patient}
    await clinic.api.put(f"/v1/appointments/{id}", **who, type="video", starts_at=start, ends_at=ends)


class Practice:
    """Opened by a room link of its own."""

    def __init__(self, clinic: Clinic, person: Person, link: Json) -> None:
        self.clinic, self.person, self.page, self.link = clinic, person, person.page, link

    @classmethod
    async def opens(cls, clinic: Clinic, person: Person, section: str) -> "Practice":
        link = await clinic.api.post("/v1/practitioners/dr/room-link", hours=12)
        practice = cls(clinic, person, link)
        await person.open("p", str(link["token"]))
        await practice.section(section)
        return practice

    async def sees(self, what: str, text: str = "") -> str:
        return await self.person.sees(what, text)

    async def section(self, name: str) -> None:
        """By its name beside the page."""
        await self.page.click(f".sidebar button:has-text('{name}')")

    async def row(self, text: str) -> str:
        """Opens the appointment that says so, unless it is open; what it says."""
        row = f".row:has-text('{text}')"
        await self.sees(row)
        if await self.page.get_attribute(row, "open") is None:
            await self.page.click(f"{row} > summary")
        await self.sees(f"{row} .facts")
        return await self.sees(row)

    async def press(self, name: str) -> None:
        """A button by the beginning of what a screen reader calls it."""
        await (
            self.page.locator(f"button[aria-label^='{name}'], button:text-is('{name}')")
            .filter(visible=True)
            .first.click()
        )

    async def submits(self) -> None:
        """Does what the dialog asks about."""
        await self.page.click("dialog [type=submit]")

    async def done(self) -> None:
        """The dialog is gone."""
        await self.page.wait_for_selector("dialog", state="detached")

    async def focused(self, target: str) -> None:
        """Waits until the element that fits the selector has the focus."""
        await self.person.until(f"document.activeElement?.matches({target!r}) ?? false")
