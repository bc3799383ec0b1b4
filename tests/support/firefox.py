"""A real Firefox with fake devices: a second engine to have a call with.

Debian's, by Playwright's WebDriver BiDi (FEASIBILITY 2). It gathers no candidate where there is nothing but
loopback, so it needs one ordinary address; `deploy/test` gives the tests' namespace one.
"""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

PREFERENCES: dict[str, str | float | bool] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
}


@asynccontextmanager
async def launched(home: Path) -> AsyncIterator[Browser]:
    """The browser, closed on leaving. `home`: a folder of its own, for it writes there."""
    async with async_playwright() as playwright:
        browser = await playwright.firefox.launch(
            channel="moz-firefox",
            executable_path=shutil.which("firefox-esr"),
            firefox_user_prefs=PREFERENCES,
            env={**os.environ, "HOME": str(home)},
        )
        try:
            yield browser
        finally:
            await browser.close()
