"""Two real browsers have a call (issue item 1, E1, D6, D7)."""

import pytest

from tests.browser.visit import Visit

pytestmark = [pytest.mark.browser, pytest.mark.media]

TRACKS_LIVE = """[...document.querySelectorAll('video')].some(
  (video) => video.srcObject?.getTracks().some((track) => track.readyState === 'live'))"""


async def test_the_patient_waits_and_the_practitioner_admits_by_name_and_time(visit: Visit) -> None:
    await visit.patient_waits()
    assert "Dr Ada Okafor is not here yet." in await visit.patient.sees(".place")

    await visit.practitioner_comes()
    row = await visit.practitioner.sees(".queue li", "Sam Lee")
    assert "Appointment" in row
    assert "waiting since" in row
    await visit.patient.sees(".place", "Dr Ada Okafor is here.")

    await visit.practitioner.click(".queue button")
    await visit.patient.sees("h1", "You are being let in")
    assert await visit.patient.received() == {"frames": 0, "sound": 0}, "told before anybody sees or hears"
    await visit.both_see_and_hear()
    assert await visit.patient.sees(".people") == "Sam Lee (you)\nDr Ada Okafor"
    assert await visit.practitioner.sees(".people") == "Dr Ada Okafor (you)\nSam Lee"


async def test_mute_and_camera_are_told_and_done(visit: Visit) -> None:
    await visit.begins()
    await visit.patient.click("#mute")
    await visit.practitioner.sees(".stage figcaption", "Microphone off")
    await visit.patient.click("#camera")
    await visit.practitioner.sees(".stage .no-picture")
    await visit.patient.until("document.querySelector('.own video').srcObject === null")

    await visit.patient.click("#mute")
    await visit.patient.click("#camera")
    await visit.practitioner.sees(".stage .tile:not(.no-picture)")
    await visit.both_see_and_hear()


async def test_a_reload_of_either_comes_back_into_the_call(visit: Visit) -> None:
    await visit.begins()
    for person in (visit.patient, visit.practitioner):
        await person.page.reload()
        await person.sees(".call")
        await visit.both_see_and_hear()
    await visit.patient.page.reload()
    await visit.patient.sees(".call")
    await visit.both_see_and_hear()
    assert await visit.practitioner.sees(".people") == "Dr Ada Okafor (you)\nSam Lee"


async def test_a_reload_while_waiting_keeps_the_place_without_a_click(visit: Visit) -> None:
    await visit.patient_waits()
    await visit.practitioner_comes()
    before = await visit.practitioner.sees(".queue li")
    await visit.patient.page.reload()
    await visit.patient.sees(".place", "You are next.")
    assert await visit.practitioner.sees(".queue li") == before


async def test_a_second_tab_asks_and_takes_the_place(visit: Visit) -> None:
    await visit.begins()
    second = await visit.patient.another_tab()
    await second.open("j", visit.patient_token)
    await second.click("#join")
    await second.sees("dialog", "Move here?")
    await second.click("#move")

    await visit.patient.sees("h1", "You moved to another device")
    await visit.patient.until(f"!({TRACKS_LIVE})")
    await second.sees(".call")
    await second.sees_and_hears()
    await visit.practitioner.sees_and_hears()
    assert await visit.practitioner.sees(".people") == "Dr Ada Okafor (you)\nSam Lee"
    assert second.problems == []


async def test_staying_there_changes_nothing(visit: Visit) -> None:
    await visit.patient_waits()
    second = await visit.patient.another_tab()
    await second.open("j", visit.patient_token)
    await second.click("#join")
    await second.sees("dialog", "Move here?")
    await second.page.keyboard.press("Escape")
    await second.sees("#join")
    assert await visit.patient.sees(".place", "You are next.")


async def test_the_practitioner_ends_the_visit(visit: Visit) -> None:
    await visit.begins()
    await visit.practitioner.click("#end")
    await visit.patient.sees("h1", "Your visit has ended")
    await visit.patient.until(f"!({TRACKS_LIVE})")
    await visit.practitioner.sees(".lobby", "Nobody is waiting.")
    attendance = await visit.clinic.api.get("/v1/appointments/a-1/attendance")
    assert attendance["overlap_seconds"] > 0
    assert {"in_room", "media"} <= {interval["state"] for interval in attendance["intervals"]}


async def test_the_patient_hangs_up_and_can_come_back(visit: Visit) -> None:
    await visit.begins()
    await visit.patient.click("#leave")
    await visit.patient.sees("h1", "You have left")
    await visit.practitioner.sees(".nobody", "The patient is not in the room")
    await visit.patient.click("#next")
    await visit.patient.sees("h1", "You are in the waiting room")
    await visit.admitted()


async def test_a_closed_window_shows_as_a_lost_connection(visit: Visit) -> None:
    await visit.begins()
    await visit.patient.page.close()
    await visit.practitioner.sees(".stage figcaption", "Connection lost")


async def test_the_practitioner_steps_out_and_returns(visit: Visit) -> None:
    await visit.begins()
    await visit.practitioner.click("#step-out")
    await visit.patient.sees(".nobody", "Please stay.")
    await visit.practitioner.click("#return")
    await visit.both_see_and_hear()


async def test_running_late_reaches_whoever_waits(visit: Visit) -> None:
    await visit.patient_waits()
    await visit.practitioner_comes()
    await visit.practitioner.page.select_option("#late-minutes", "15")
    await visit.practitioner.click("text=Tell them")
    await visit.patient.sees(".place", "Dr Ada Okafor is running late, until about")


async def test_without_camera_and_microphone_one_still_sees_and_hears(visit: Visit) -> None:
    """E5: nobody is locked out."""
    await visit.patient.context.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))"
    )
    await visit.patient_waits()
    await visit.patient.sees(".notice", "The camera is blocked in this browser.")
    await visit.practitioner_comes()
    await visit.practitioner.click(".queue button")
    await visit.patient.sees(".call")
    await visit.patient.sees_and_hears()
