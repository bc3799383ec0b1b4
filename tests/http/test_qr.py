"""A link as a QR code, for another device (E5, D7)."""

import xml.etree.ElementTree as ET

import pytest
import segno
from playwright.async_api import Browser

from signalling import qr
from tests.http.clinic import Desk

SVG = "{http://www.w3.org/2000/svg}svg"

MODULES = """([size, pixels]) => {
  const side = size * pixels;
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const drawing = canvas.getContext('2d');
  drawing.drawImage(document.querySelector('img'), 0, 0, canvas.width, canvas.height);
  const dark = (x, y) => drawing.getImageData((x + 0.5) * pixels, (y + 0.5) * pixels, 1, 1).data[0] < 128;
  return Array.from({ length: size }, (_r, y) => Array.from({ length: size }, (_c, x) => Number(dark(x, y))));
}"""


@pytest.mark.parametrize("person", ["patient", "guest:kim", "practitioner"])
async def test_everybody_gets_their_own(desk: Desk, person: str) -> None:
    await desk.booked(guests=[{"id": "kim", "name": "Kim"}])
    issued = await desk.ok("POST", "/v1/appointments/a1/tokens", {"person": person})
    reply = await desk.api.as_(issued["token"]).call("GET", "/v1/link/qr")
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "image/svg+xml"
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.body == qr.svg(issued["link"])
    assert issued["token"].encode() not in reply.body
    assert ET.fromstring(reply.body).tag == SVG  # noqa: S314 - our own


async def test_a_room_link_too(desk: Desk) -> None:
    issued = await desk.ok("POST", "/v1/practitioners/dr-x/room-link", {"hours": 2})
    reply = await desk.api.as_(issued["token"]).call("GET", "/v1/link/qr")
    assert reply.body == qr.svg(issued["link"])


async def test_nobody_elses(desk: Desk) -> None:
    await desk.booked()
    old = await desk.link()
    await desk.ok("POST", "/v1/appointments/a1/revoke", {"person": "patient", "reason": "lost"})
    assert (await old.call("GET", "/v1/link/qr")).status == 401
    assert (await desk.api.call("GET", "/v1/link/qr")).code == "forbidden", "an API key is no link"
    assert (await desk.api.call("GET", "/v1/link/qr?token=x")).code == "token_in_url"
    staff = await desk.ok("POST", "/v1/staff-links", {"name": "Front desk", "hours": 8})
    assert (await desk.api.as_(staff["token"]).call("GET", "/v1/link/qr")).code == "forbidden"


@pytest.mark.browser
async def test_what_a_browser_draws_are_the_modules_of_the_link(chromium: Browser) -> None:
    """Module for module as the encoder has them, on white all around."""
    link = "https://visit.example.org/j#" + "Az09_-" * 13
    matrix = [list(row) for row in segno.make_qr(link, error="m", boost_error=False).matrix]
    blank = [0] * (len(matrix) + 2 * qr.QUIET_ZONE)
    side = [0] * qr.QUIET_ZONE
    rows = [[*side, *row, *side] for row in matrix]
    wanted = [*[blank] * qr.QUIET_ZONE, *rows, *[blank] * qr.QUIET_ZONE]
    page = await chromium.new_page()
    await page.emulate_media(color_scheme="dark")
    await page.set_content("<img>")
    await page.evaluate(
        """async (svg) => {
          document.querySelector('img').src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
          await document.querySelector('img').decode();
        }""",
        qr.svg(link).decode(),
    )
    assert await page.evaluate(MODULES, [len(blank), 4]) == wanted
    await page.close()
