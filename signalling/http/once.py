"""Idempotency-Key (G1; RELIABILITY 5, rows 30 and 31): the answer to a POST is kept in the commit that made
it true, so a repeat is answered alike and done once, whichever process it reaches.
"""

import hashlib
import re

import msgspec
from aiohttp import web

from rooms.errors import Invalid
from rooms.ids import ClinicId
from rooms.ports import Conflict, Remember, Remembered, Store
from signalling.http.callers import Answer, Caller

HEADER = "Idempotency-Key"

PATTERN = "^[!-~]{1,255}$"
"""Visible ASCII."""

OPERATOR = ClinicId("")
"""Where the operator's keys are claimed: no clinic is called that."""


class Once:
    """One POST that may be a repeat. `raw` is its body to the byte."""

    def __init__(self, store: Store, caller: Caller, key: str, request: web.Request, raw: bytes) -> None:
        self._store, self.key = store, key
        self._name = hashlib.sha256(f"{caller.name}\n{key}".encode()).hexdigest()
        head = f"{request.method} {request.rel_url.raw_path}\n".encode()
        self._fingerprint = hashlib.sha256(head + raw).hexdigest()

    async def answered(self, clinic: ClinicId) -> Answer | None:
        """What was answered the first time. Raises 422 `idempotency_mismatch` if something else was asked."""
        kept = await self._kept(clinic)
        return None if kept is None else Answer(kept.status, msgspec.Raw(kept.body))

    async def _kept(self, clinic: ClinicId) -> Remembered | None:
        kept = await self._store.remembered(clinic, self._name)
        if kept is not None and kept.fingerprint != self._fingerprint:
            raise Invalid("idempotency_mismatch", "This Idempotency-Key was used for another request.")
        return kept

    async def claim(self) -> None:
        """For the operator, whose key may come again with another clinic in its body: no answer is kept here,
        only that the key belongs to this request.
        """
        if await self._kept(OPERATOR) is not None:
            return
        try:
            await self._store.commit(OPERATOR, [self.keeper(Answer(status=0))])
        except Conflict:
            await self._kept(OPERATOR)

    def keeper(self, answer: Answer) -> Remember:
        """The part of a commit that keeps `answer`."""
        return Remember(self._name, self._fingerprint, answer.status, answer.encoded())


def key_of(request: web.Request) -> str | None:
    """The request's Idempotency-Key, if it has one that can be one."""
    key = request.headers.get(HEADER)
    if key is not None and re.fullmatch(PATTERN, key) is None:
        raise Invalid("idempotency_key_invalid", "Use 1 to 255 visible ASCII characters.")
    return key
