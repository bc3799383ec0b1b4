"""Too early: it opens by itself, whatever the machine's clock does meanwhile, and follows the appointment
(A6)."""

import pytest

from tests.browser.booker import SECONDS_LEFT, holds, hours
from tests.browser.conftest import Invite
from tests.browser.person import Person
from tests.support.api import Clinic

pytestmark = pytest.mark.browser

AN_HOUR_FAST = "Date.now = ((real) => () => real() + 3_600_000)(Date.now)"
A_CLOCK_THAT_IS_PUT = """
  globalThis.put = 0;
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...given) { given.length === 0 ? super(Real.now() + globalThis.put) : super(...given); }
    static now() { return Real.now() + globalThis.put; }
  };
"""
"""The machine's clock is put by so many milliseconds; time passes as ever."""

TEN_MINUTES = 600
"""Seconds before the start at which the waiting room opens."""


async def _early(person: Person, token: str) -> None:
    await person.open("j", token)
    await person.click("#join")
    await person.sees(".countdown")


async def _nearly(person: Person, clinic: Clinic) -> None:
    """Seconds are left once the page is there, however long it took to load."""
    await clinic.book(starts=TEN_MINUTES + 3600)
    await person.open("j", await clinic.token())
    await person.sees("#join")
    await clinic.book(starts=TEN_MINUTES + 8)
    await person.click("#join")
    await person.sees(".countdown")


async def test_a_machine_whose_clock_is_wrong_counts_right(invite: Invite, clinic: Clinic) -> None:
    person = await invite()
    await person.context.add_init_script(AN_HOUR_FAST)
    await _nearly(person, clinic)
    assert (await person.sees(".countdown")).startswith("0 min")
    await person.sees("h1", "You are in the waiting room")


@pytest.mark.parametrize("by", [-1, 1])
async def test_a_clock_that_is_put_right_while_the_page_is_open_changes_nothing(
    invite: Invite, clinic: Clinic, by: int
) -> None:
    person = await invite()
    await person.context.add_init_script(A_CLOCK_THAT_IS_PUT)
    await _nearly(person, clinic)
    async with person.page.expect_request(lambda asked: asked.method == "HEAD"):
        await person.page.evaluate(f"put = {by * 3_600_000}")
    assert (await person.sees(".countdown")).startswith("0 min")
    await person.sees("h1", "You are in the waiting room")


async def test_who_waits_and_what_is_kept_are_counted_right_after_the_clock_was_put(
    invite: Invite, clinic: Clinic
) -> None:
    await clinic.book()
    practitioner = await invite()
    await practitioner.context.add_init_script(A_CLOCK_THAT_IS_PUT)
    room = await clinic.api.post("/v1/practitioners/dr/room-link", hours=12)
    await practitioner.open("p", str(room["token"]))
    await practitioner.click("#open")
    await practitioner.sees(".lobby h1")
    await practitioner.page.evaluate("put = 3_600_000")
    patient = await invite()
    await patient.open("j", await clinic.token())
    await patient.click("#join")
    assert await practitioner.sees(".waited") == "Has just come"
    await hours(clinic)
    await patient.context.add_init_script(A_CLOCK_THAT_IS_PUT)
    booker = await holds(clinic, await patient.another_tab())
    before = await booker.page.evaluate(SECONDS_LEFT)
    await booker.page.evaluate("put = -3_600_000")
    await booker.until(f"({SECONDS_LEFT})() < {before}")
    assert await booker.page.evaluate(SECONDS_LEFT) > before - 30


async def test_a_machine_that_slept_through_the_opening_is_let_in_when_it_wakes(
    invite: Invite, clinic: Clinic
) -> None:
    await clinic.book(starts=TEN_MINUTES + 3600)
    person = await invite()
    await person.page.clock.install()
    await _early(person, await clinic.token())
    loaded = await person.page.evaluate("performance.timeOrigin")
    # An hour later, as the server sees it; and then the lid is opened.
    await clinic.book(starts=TEN_MINUTES - 1)
    await person.page.clock.fast_forward(3_601_000)
    await person.sees("h1", "You are in the waiting room")
    assert await person.page.evaluate("performance.timeOrigin") == loaded, "without a reload"


async def test_a_machine_that_only_thinks_it_is_time_goes_on_counting(invite: Invite, clinic: Clinic) -> None:
    await clinic.book(starts=TEN_MINUTES + 3600)
    person = await invite()
    await person.page.clock.install()
    await _early(person, await clinic.token())
    await person.page.clock.fast_forward(3_601_000)
    assert "59 min" in await person.sees(".countdown", "59 min"), "the server's clock rules"


async def _next_look(person: Person) -> None:
    """The page looks at its link once a minute."""
    await person.page.clock.fast_forward(61_000)


async def _early_and_looked(invite: Invite, clinic: Clinic) -> Person:
    """Counting down, and the page has seen how its link stands."""
    person = await invite()
    await person.page.clock.install()
    async with person.page.expect_response("**/v1/link"):
        await _early(person, await clinic.token())
    return person


async def test_a_visit_moved_meanwhile_is_followed(invite: Invite, clinic: Clinic) -> None:
    await clinic.book(starts=TEN_MINUTES + 3600)
    person = await _early_and_looked(invite, clinic)
    await clinic.book(starts=-1)
    await _next_look(person)
    await person.sees("h1", "You are in the waiting room")


async def test_a_visit_cancelled_meanwhile_is_told(invite: Invite, clinic: Clinic) -> None:
    await clinic.book(starts=TEN_MINUTES + 3600)
    person = await _early_and_looked(invite, clinic)
    await clinic.api.post("/v1/appointments/a-1/cancel", by="staff", reason="Dr Okafor is ill.")
    await _next_look(person)
    assert "Dr Okafor is ill." in await person.sees(".end", "This visit was cancelled")


async def test_counting_down_counts_as_nothing(invite: Invite, clinic: Clinic) -> None:
    """A5: the looks are no joins."""
    await clinic.book(starts=TEN_MINUTES + 7200)
    person = await _early_and_looked(invite, clinic)
    async with person.page.expect_response("**/v1/link"):
        await _next_look(person)
    assert (await clinic.api.get("/v1/appointments/a-1/attendance"))["intervals"] == []
