"""A time that is kept, kept longer, lost, or given back, as its holder sees it (C2 to C4)."""

import asyncio
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Route

from tests.browser.axe import violations
from tests.browser.booker import (
    FOCUSED,
    KEPT,
    SECONDS_LEFT,
    appointment,
    free,
    holds,
    hours,
    opens,
    policy,
    taken,
)
from tests.browser.conftest import Invite
from tests.browser.keys import press
from tests.support.api import Clinic

pytestmark = pytest.mark.browser

NEWS = "document.querySelector('#news').textContent"
UNDER_THE_NEWS = """() => {
  const bottom = document.activeElement.getBoundingClientRect().bottom;
  return bottom > document.querySelector('.said').getBoundingClientRect().top;
}"""

CLOCK_AN_HOUR_FAST = """
  const now = Date.now;
  Date.now = () => now() + 3600000;
"""


async def test_time_runs_out_and_it_is_still_free(invite: Invite, clinic: Clinic) -> None:
    await hours(clinic)
    await policy(clinic, hold_minutes=0.08)
    person = await holds(clinic, await invite())
    before = await appointment(clinic, person)
    await person.page.fill("#name", "Robin Poe")
    await person.sees("h1", "The time is no longer kept for you")
    assert await person.page.evaluate(FOCUSED) == "The time is no longer kept for you"
    assert await violations(person.page) == [], "expired"
    assert await person.page.evaluate(KEPT) is None
    await policy(clinic, hold_minutes=15)
    await person.click("button.primary")
    await person.sees("h1", "This time is kept for you")
    assert await person.page.input_value("#name") == "Robin Poe", "what was entered is not lost"
    after = await appointment(clinic, person)
    assert (after["starts_at"], after["id"] != before["id"]) == (before["starts_at"], True)
    person.was_refused()


async def test_time_ran_out_while_away_and_somebody_else_has_it(invite: Invite, clinic: Clinic) -> None:
    await hours(clinic)
    await policy(clinic, hold_minutes=0.05)
    first = (await free(clinic))[0]
    person = await holds(clinic, await invite())
    await person.page.goto("about:blank")
    await asyncio.sleep(3.5)
    await taken(clinic, first)
    await person.page.goto(f"{person.origin}/b/{clinic.id}")
    await person.sees("h1", "The time is no longer kept for you")
    assert await person.page.locator("button.primary").count() == 0, "it is not free any more"
    assert await person.page.locator(".nearest button").count() == 3
    await person.page.reload()
    await person.sees("h1", "Choose a time")
    person.was_refused()


async def test_a_reload_and_a_sleep_keep_the_countdown(invite: Invite, clinic: Clinic) -> None:
    """By the server's clock, whatever this device's says."""
    await hours(clinic)
    person = await invite()
    await person.context.add_init_script(CLOCK_AN_HOUR_FAST)
    await holds(clinic, person)
    id = (await appointment(clinic, person))["id"]
    assert 880 < await person.page.evaluate(SECONDS_LEFT) <= 900
    await asyncio.sleep(2)
    await person.page.reload()
    await person.sees("h1", "This time is kept for you")
    assert 870 < await person.page.evaluate(SECONDS_LEFT) <= 898
    assert (await appointment(clinic, person))["id"] == id


async def test_what_is_left_is_said_twice_and_asked_again_when_the_tab_is_looked_at(
    invite: Invite, clinic: Clinic
) -> None:
    await hours(clinic)
    person = await invite()
    await person.page.clock.install()
    await holds(clinic, person)
    await person.page.clock.run_for(1_000)
    assert "left" not in await person.page.evaluate(NEWS)
    await person.page.clock.fast_forward(601_000)
    await person.page.clock.run_for(1_000)
    assert await person.page.evaluate(NEWS) == "The time is kept for another 5 minutes."
    await person.page.clock.fast_forward(240_000)
    await person.page.clock.run_for(1_000)
    assert await person.page.evaluate(NEWS) == "1 minute left. Then somebody else can take this time."
    await person.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await person.until(f"({SECONDS_LEFT})() > 800")


async def test_it_is_kept_longer_once(invite: Invite, clinic: Clinic) -> None:
    await hours(clinic)
    person = await holds(clinic, await invite())
    await press(person.page, "#longer")
    said = await person.sees(".kept p", "It is kept until")
    assert await person.page.evaluate(FOCUSED) == said
    assert await person.page.evaluate(SECONDS_LEFT) > 1_700
    assert not await person.page.is_visible("#longer")
    assert await violations(person.page) == []
    await person.page.reload()
    await person.sees("h1", "This time is kept for you")
    assert not await person.page.is_visible("#longer")
    assert await person.page.evaluate(SECONDS_LEFT) > 1_700


async def test_another_time_gives_the_first_one_back(invite: Invite, clinic: Clinic) -> None:
    await hours(clinic)
    first = (await free(clinic))[0]
    person = await holds(clinic, await invite())
    assert first not in await free(clinic)
    await person.click("#back")
    await person.sees("h1", "Choose a time")
    assert await person.page.evaluate(FOCUSED) == "Choose a time"
    await person.sees(".time")
    assert first in await free(clinic)
    await person.click(".time")
    await person.sees("h1", "This time is kept for you")
    assert first not in await free(clinic)


async def test_an_answer_that_got_lost_books_once(invite: Invite, clinic: Clinic) -> None:
    await hours(clinic)
    person = await opens(clinic, await invite())
    lost: set[str] = set()

    async def lose_the_first(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if route.request.method == "POST" and path not in lost:
            lost.add(path)
            await route.fetch()
            await route.abort()
        else:
            await route.continue_()

    await person.page.route("**/v1/holds**", lose_the_first)
    await person.click(".time")
    await person.sees(".said", "We cannot reach the clinic’s system just now.")
    assert await violations(person.page) == [], "no network"
    await person.click(".time")
    await person.sees("h1", "This time is kept for you")
    await person.page.fill("#name", "Robin Poe")
    await person.click("#book")
    await person.sees(".trouble", "We cannot reach the clinic’s system just now.")
    await person.click("#book")
    await person.sees("h1", "Your visit is booked")
    found = (await clinic.api.get("/v1/appointments?status=confirmed"))["items"]
    assert len(found) == 1
    person.problems.clear()


async def test_one_visitor_keeps_so_many_at_most(invite: Invite, clinic: Clinic) -> None:
    await hours(clinic)
    await policy(clinic, holds_per_visitor=1)
    person = await holds(clinic, await invite())
    again = await person.another_tab()
    await opens(clinic, again)
    await again.page.locator(".time").nth(5).scroll_into_view_if_needed()
    await again.page.locator(".time").nth(5).click()
    await again.sees(".said", "You are keeping several times already")
    await again.until(f"({UNDER_THE_NEWS})() === false")
    assert await violations(again.page) == []
    await person.click("#back")
    await person.sees(".time")
    await again.click(".time")
    await again.sees("h1", "This time is kept for you")
    again.was_refused()


async def test_a_time_taken_meanwhile(invite: Invite, clinic: Clinic) -> None:
    await hours(clinic)
    person = await opens(clinic, await invite(locale="en-GB"))
    first, second = (await free(clinic))[:2]
    await taken(clinic, first)
    await person.click(".time")
    await person.sees("h1", "Somebody was a little quicker")
    assert await person.page.evaluate(FOCUSED) == "Somebody was a little quicker"
    assert await person.page.locator(".nearest button").count() == 3
    assert await violations(person.page) == [], "lost"
    await person.click(".nearest button")
    await person.sees("h1", "This time is kept for you")
    assert (await appointment(clinic, person))["starts_at"] == second["starts_at"]
    person.was_refused()


async def test_hours_changed_meanwhile(invite: Invite, clinic: Clinic) -> None:
    await hours(clinic)
    person = await opens(clinic, await invite())
    for each in (await clinic.api.get("/v1/practitioners/dr/availability"))["items"]:
        (await clinic.api.call("DELETE", f"/v1/practitioners/dr/availability/{each['id']}")).ok()
    await person.click(".time")
    await person.sees("h1", "This time is no longer offered")
    assert await violations(person.page) == []
    await person.click("#all")
    await person.sees(".status", "There is no free time to book at present.")
    assert await violations(person.page) == [], "nothing free"
    person.was_refused()


async def test_self_booking_switched_off_meanwhile(invite: Invite, clinic: Clinic) -> None:
    await hours(clinic)
    person = await opens(clinic, await invite())
    await policy(clinic, self_booking=False)
    await person.click(".time")
    assert "+61 2 5550 0000" in await person.sees(".end", "Please call for an appointment")
    person.was_refused()
