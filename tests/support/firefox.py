"""A real Firefox with fake devices: a second engine to have a call with.

Debian's, by Playwright's WebDriver BiDi. It gathers no candidate where there is nothing but
loopback, nor without a default route; `deploy/test` gives the tests' namespace an address, and the route is
there only as long as the browser, because to others it would make failures slow.
"""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

PREFERENCES: dict[str, str | float | bool] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
}


DEVICE, ADDRESS, NOWHERE = "v0", "10.77.0.1", "10.77.0.254"
"""As in `deploy/test`; nobody answers at the last."""


@contextmanager
def way_out() -> Iterator[None]:
    """A default route, in the tests' own namespace; any other network is left as it is."""
    look = ["ip", "-o", "address", "show", "dev", DEVICE]
    shown = subprocess.run(look, check=False, capture_output=True, text=True)
    is_ours = f" {ADDRESS}/" in shown.stdout
    route = ["default", "via", NOWHERE, "dev", DEVICE]
    if is_ours:
        subprocess.run(["ip", "route", "add", *route], check=True)
    try:
        yield
    finally:
        if is_ours:
            subprocess.run(["ip", "route", "del", *route], check=True)


@asynccontextmanager
async def launched(home: Path) -> AsyncIterator[Browser]:
    """The browser, closed on leaving. `home`: a folder of its own, for it writes there."""
    with way_out():
        async with _running(home) as browser:
            yield browser


@asynccontextmanager
async def _running(home: Path) -> AsyncIterator[Browser]:
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
