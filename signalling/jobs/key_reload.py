"""Keys change while visits run (A3): the keys file is read again when it has changed. Where something is
wrong with it, the keys of before stay.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from msgspec.structs import replace

from rooms.access.tokens import Keyring, SigningKey
from signalling import keyfile
from signalling.config import KeySetting, SettingsError, variable
from signalling.keyfile import FileStamp
from signalling.metrics import Metrics

KEYS_FILE_EVERY = 0.5
"""Seconds. A change is read when two looks have seen it the same, so that nobody is writing it any more:
within 2 s on a busy machine, too.
"""

KEY_KNOWN_FIRST = 2.0
"""Seconds for which a key is known before it signs: the other processes on this file have read it by then,
and no link meets one that does not know its key.
"""

log = logging.getLogger(__name__)

_NAME = variable("keys_file")
_NOT_YET: FileStamp = ()

KeyIdentity = tuple[int, bytes]
"""Id and secret: an id may come again with another secret."""


class KeyReload:
    """`clock`: seconds, never set back. `check` raises `SettingsError` for keys that do not go with the other
    settings."""

    def __init__(
        self,
        path: Path,
        keyring: Keyring,
        metrics: Metrics,
        clock: Callable[[], float],
        check: Callable[[Iterable[KeySetting]], None],
    ) -> None:
        self.path, self.keyring, self.metrics, self.clock = path, keyring, metrics, clock
        self.check = check
        self._seen: FileStamp | None = _NOT_YET
        self._read: FileStamp | None = _NOT_YET
        self._wanted: Sequence[SigningKey] = keyring.keys
        self._wrong: str | None = None
        # Those of the start may sign at once: nobody has come to know them just now.
        self._known_since: dict[KeyIdentity, float] = {_identity(key): float("-inf") for key in keyring.keys}

    async def run(self) -> None:
        """Look, read where it has changed and is whole, and use what is due."""
        before, self._seen = self._seen, await asyncio.to_thread(keyfile.stamp, self.path)
        if self._seen == before and (self._seen != self._read or self._wrong):
            await self._read_again(self._seen)
        self._use(self._in_time())

    async def _read_again(self, seen: FileStamp | None) -> None:
        try:
            keys = await asyncio.to_thread(keyfile.read, self.path, _NAME)
            self.check(keys)
            open_to_others = await asyncio.to_thread(keyfile.is_open_to_others, self.path)
        except (SettingsError, OSError) as error:
            self._keep(str(error) if isinstance(error, SettingsError) else f"{_NAME} went away.")
            return
        if open_to_others:
            log.warning("%s can be read or changed by everybody on this machine; chmod o-rwx it", _NAME)
        self._read, self._wrong, self._wanted = seen, None, keyfile.signing_keys(keys)
        self.metrics.keys_stale.set(0)
        now = self.clock()
        known = self._known_since
        self._known_since = {_identity(key): known.get(_identity(key), now) for key in self._wanted}

    def _keep(self, wrong: str) -> None:
        """One line for each thing that is wrong, not one a look."""
        if wrong != self._wrong:
            log.error("%s The keys of before stay in use.", wrong)
        self._wrong = wrong
        self.metrics.keys_stale.set(1)

    def _in_time(self) -> Sequence[SigningKey]:
        """The file's keys; but the one that has signed until now goes on where it still may, as long as not
        everybody can know the new one.
        """
        old = self.keyring.signing
        new = next(key for key in self._wanted if key.state == "signing")
        if self.clock() - self._known_since[_identity(new)] >= KEY_KNOWN_FIRST:
            return self._wanted
        if replace(old, state="accepted") not in self._wanted:
            return self._wanted
        meanwhile = {old.id: old, new.id: replace(new, state="accepted")}
        return [meanwhile.get(key.id, key) for key in self._wanted]

    def _use(self, keys: Sequence[SigningKey]) -> None:
        if tuple(keys) == self.keyring.keys:
            return
        self.keyring.replace(keys)
        self.metrics.show_keys((key.id, key.state) for key in keys)
        log.info("signing keys: %s", ", ".join(f"{key.id} {key.state}" for key in keys))


def _identity(key: SigningKey) -> KeyIdentity:
    return key.id, key.secret
