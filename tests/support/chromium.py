"""A real Chromium with fake devices, by plain `playwright.async_api`: pytest-playwright breaks every async
test after its first."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

WHOLE, SHELL = "chromium", "chromium-headless-shell"
"""Programs. The shell draws and scripts alike but gathers no candidate on loopback: calls need the whole
one.
"""

FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream=fps=10",
    "--use-fake-ui-for-media-stream",
    # Loopback is the only interface the tests have, and pages without media permission would hide even that
    # one.
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
)


@asynccontextmanager
async def launched(*extra: str, program: str = WHOLE, without: str = "") -> AsyncIterator[Browser]:
    """The browser, closed on leaving; `without` one of the flags."""
    flags = [flag for flag in FLAGS if flag != without]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which(program), args=[*flags, *extra]
        )
        try:
            yield browser
        finally:
            await browser.close()
