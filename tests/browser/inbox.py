"""Somebody's mail program: what came to their address, and what stands in it."""

import asyncio
import re
import time

from tests.support.smtp import Mail, Relay

LINK = re.compile(r"https?://\S+/[jp]#(\S+)")
CODE = re.compile(r"^\s*(\d{6})\s*$", re.MULTILINE)

ARRIVES = 10.0
"""Seconds from what causes a mail to the mail, on two busy cores."""


class Inbox:
    """Of one address; each mail is taken once, the oldest first."""

    def __init__(self, relay: Relay, address: str) -> None:
        self.address = address
        self._relay, self._taken = relay, 0

    def of(self, address: str) -> "Inbox":
        """Somebody else's."""
        return Inbox(self._relay, address)

    def all(self) -> list[Mail]:
        """Whatever came to this address so far."""
        return [mail for mail in self._relay.mails if self.address in mail.to]

    async def settled(self) -> None:
        """Takes everything, once nothing has come for a second."""
        while True:
            count = len(self.all())
            await asyncio.sleep(1)
            if len(self.all()) == count:
                self._taken = count
                return

    async def next(self) -> Mail:
        """The oldest that was not taken, waited for."""
        deadline = time.monotonic() + ARRIVES
        while len(self.all()) <= self._taken:
            assert time.monotonic() < deadline, f"no mail number {self._taken + 1} for {self.address}"
            await asyncio.sleep(0.05)
        self._taken += 1
        return self.all()[self._taken - 1]

    async def token(self) -> str:
        """The token of the link in the next mail."""
        return _only(LINK, await self.next())

    async def code(self) -> str:
        """The six digits in the next mail."""
        return _only(CODE, await self.next())


def _only(pattern: re.Pattern[str], mail: Mail) -> str:
    found = pattern.search(mail.text)
    assert found is not None, mail.text
    return found[1]
