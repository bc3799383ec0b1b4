"""What processes need to tell each other what they committed."""

from collections.abc import AsyncIterator
from typing import Protocol


class PubSub(Protocol):
    """Messages between processes: at most once and in order. Whoever must miss nothing also looks at the
    store now and then.
    """

    async def send(self, node: str, message: bytes) -> None:
        """To the process of that name, if there is one. Raises `Unavailable`."""

    def messages(self, node: str) -> AsyncIterator[bytes]:
        """What is sent to `node` from now on. Raises `Unavailable` when messages may have been lost; ask
        again then.
        """
