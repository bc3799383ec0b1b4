"""Two engines have a call: the patient in Firefox, the practitioner in Chromium (E1)."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser.person import Person
from tests.browser.visit import Visit
from tests.support import firefox
from tests.support.api import Clinic
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.media]

START = 40.0
"""Seconds. Two engines share two cores, and the first frames of one come late."""


async def test_a_patient_in_firefox_and_a_practitioner_in_chromium(
    chromium: Browser, server: RunningServer, clinic: Clinic, tmp_path: Path
) -> None:
    await clinic.book()
    async with firefox.launched(tmp_path) as browser:
        patient = await Person.sits_down(browser, server.base_url)
        practitioner = await Person.sits_down(chromium, server.base_url)
        visit = await Visit.of(clinic, patient, practitioner)
        await visit.patient_waits()
        await visit.practitioner_comes()
        await practitioner.click(".queue button:enabled")
        await patient.sees(".call")
        for person in (patient, practitioner):
            await person.sees_and_hears(START)

        await patient.click("#mute")
        await practitioner.sees(".stage figcaption", "Microphone off")
        await practitioner.page.reload()
        await practitioner.sees(".call")
        for person in (patient, practitioner):
            await person.sees_and_hears(START)
        await practitioner.click("#end")
        await patient.sees("h1", "Your visit has ended")
        for person in (patient, practitioner):
            await person.leaves()
            assert person.problems == []
