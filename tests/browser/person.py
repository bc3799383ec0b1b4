"""One person at one device: a browser context and its page, watched for whatever a page must never do."""

import asyncio
import time
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page

PATIENCE = 45.0
"""Seconds. Two workers, each with browsers, their video and a server, share two noisy cores."""

REMEMBER_PEERS = """
  globalThis.peers = [];
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...given) { super(...given); globalThis.peers.push(this); }
  };
"""
"""Only the page's own modules hold its connections; the statistics of all of them are wanted here."""

REMEMBER_SOCKETS = """
  globalThis.sockets = [];
  globalThis.WebSocket = class extends WebSocket {
    constructor(...given) { super(...given); globalThis.sockets.push(this); }
  };
"""

RECEIVED = """async () => {
  const sums = { frames: 0, sound: 0 };
  for (const peer of globalThis.peers.filter((each) => each.connectionState !== 'closed')) {
    for (const report of (await peer.getStats()).values()) {
      if (report.type !== 'inbound-rtp') continue;
      if (report.kind === 'video') sums.frames += report.framesDecoded ?? 0;
      else sums.sound += report.totalSamplesReceived ?? 0;
    }
  }
  return sums;
}"""


class Person:
    """`problems` collects console errors, uncaught exceptions and requests to anybody else; it must stay
    empty."""

    def __init__(self, context: BrowserContext, page: Page, origin: str) -> None:
        self.context, self.page, self.origin = context, page, origin
        self.problems: list[str] = []
        self.requested: list[str] = []
        self._watch()

    @classmethod
    async def sits_down(cls, chromium: Browser, origin: str, **how: Any) -> "Person":
        """Opens a browser of their own. `how`: Playwright's context options, such as `locale`."""
        context = await chromium.new_context(**{"viewport": {"width": 360, "height": 740}, **how})
        context.set_default_timeout(PATIENCE * 1000)
        await context.add_init_script(REMEMBER_PEERS)
        return cls(context, await context.new_page(), origin)

    async def another_tab(self) -> "Person":
        """The same person, browser and link once more."""
        return Person(self.context, await self.context.new_page(), self.origin)

    def _watch(self) -> None:
        page = self.page
        page.on("console", lambda said: self.problems.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))
        page.on("websocket", lambda socket: self._asked(socket.url.replace("ws://", "http://", 1)))

    def _asked(self, url: str) -> None:
        self.requested.append(url)
        if not url.startswith((self.origin, "data:", "blob:")):
            self.problems.append(f"a request to somebody else: {url}")

    def was_refused(self) -> None:
        """A call was refused, as the test meant it to be: the browser writes each such answer to the console
        itself."""
        meant = [said for said in self.problems if "the server responded with a status of 4" in said]
        assert meant, "nothing was refused"
        self.problems = [said for said in self.problems if said not in meant]

    async def open(self, page: str, token: str) -> None:
        """The link, as it is in the message: `page` is j, p, s or a."""
        await self.page.goto(f"{self.origin}/{page}#{token}")

    async def click(self, what: str) -> None:
        await self.page.click(what)

    async def sees(self, what: str, text: str = "") -> str:
        """Waits until an element that fits the selector (and contains the text) is visible. Its text."""
        found = self.page.locator(what, has_text=text) if text else self.page.locator(what)
        first = found.filter(visible=True).first
        await first.wait_for()
        return await first.inner_text()

    async def until(self, expression: str, seconds: float = PATIENCE) -> None:
        """Waits for JavaScript to be true. (Playwright's own wait evaluates in the page, which our CSP
        forbids.)"""
        deadline = time.monotonic() + seconds
        while not await self.page.evaluate(expression):
            assert time.monotonic() < deadline, f"not within {seconds} s: {expression}"
            await asyncio.sleep(0.1)

    async def received(self) -> dict[str, int]:
        """Frames decoded and sound samples received, of everybody, so far."""
        sums: dict[str, int] = await self.page.evaluate(RECEIVED)
        return sums

    async def hears_more_than(self, samples: int, seconds: float = PATIENCE) -> None:
        """Waits until more sound has come."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if (await self.received())["sound"] > samples:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"no sound for {seconds} s")

    async def sees_and_hears(self, seconds: float = PATIENCE) -> None:
        """Waits until both grow from what they are now."""
        before = await self.received()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            now = await self.received()
            if now["frames"] > before["frames"] + 3 and now["sound"] > before["sound"]:
                return
            if now["frames"] < before["frames"]:
                before = now  # a new connection counts anew
            await asyncio.sleep(0.2)
        raise AssertionError(f"no picture or no sound for {seconds} s: {before} then {now}")

    async def leaves(self) -> None:
        await self.context.close()
