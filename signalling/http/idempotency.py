"""Idempotency-Key (G1): the answer to a POST is kept in the commit that made
it true, so a repeat is answered alike and done once, whichever process it reaches. It is kept sealed
(`signalling.http.sealed_answers`): what is in the store opens nothing and names nobody.
"""

import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager

import msgspec
from aiohttp import web

from rooms.access.tokens import Keyring
from rooms.changes import Remember, Remembered, Unremember
from rooms.errors import Gone, Invalid, Refusal, Unavailable
from rooms.ids import ClinicId
from rooms.ports import Repeated, Store
from rooms.times import Instant
from signalling.http.callers import Answer, Caller
from signalling.http.sealed_answers import AnswerSeal

IDEMPOTENCY_HEADER = "Idempotency-Key"

IDEMPOTENCY_KEY_PATTERN = "^[!-~]{1,255}$"
"""Visible ASCII."""

OPERATOR_CLINIC = ClinicId("")
"""Where the keys of callers of no clinic are kept: no clinic is called that."""

CLAIMED_STATUS = 0
"""The status of what is no answer, only says whose key it is."""


class IdempotentRequest:
    """One POST that may be a repeat. `raw` is its body to the byte; `appointment`, what it is about."""

    def __init__(
        self,
        store: Store,
        keyring: Keyring,
        caller: Caller,
        key: str,
        request: web.Request,
        raw: bytes,
        now: Instant,
        appointment: str | None = None,
    ) -> None:
        self._store, self._keyring, self.key, self._appointment = store, keyring, key, appointment
        self._now = now
        self._name = hashlib.sha256(f"{caller.name}\n{key}".encode()).hexdigest()
        asked = f"{request.method} {request.rel_url.raw_path}\n".encode() + raw
        self._parts = (caller.proof.encode(), key.encode(), asked)

    async def answered(self, clinic: ClinicId) -> Answer | None:
        """What was answered the first time. Raises 422 `idempotency_mismatch` if something else was asked,
        410 `answer_gone` where it was carried out and nobody is told any more.
        """
        kept = await self._store.remembered(clinic, self._name)
        if kept is None or (kept.status == CLAIMED_STATUS and self._is_forgotten(kept)):
            return None
        text = self._opened(kept)
        if kept.status == CLAIMED_STATUS:
            return None
        for patient in {*kept.patients, *await self._patient(clinic)}:
            known = await self._store.patient(clinic, patient)
            # Whoever a held time is for has no record before they say who they are.
            if known is not None and (known.erased or 0 < known.erased_at >= kept.at):
                raise _gone()
        return Answer(kept.status, msgspec.Raw(text) if text else None)

    async def _patient(self, clinic: ClinicId) -> tuple[str, ...]:
        """Of the appointment: with them their guests are erased."""
        if self._appointment is None:
            return ()
        found = await self._store.appointment_by_id(clinic, self._appointment)
        return (found.patient,) if found is not None else ()

    def _is_forgotten(self, kept: Remembered) -> bool:
        """Whether the key that sealed it is none of ours any more."""
        return bool(kept.sealed_by) and self._keyring.get(kept.sealed_by) is None

    def _opened(self, kept: Remembered) -> bytes:
        if not kept.sealed_by:
            return self._unsealed(kept)
        key = self._keyring.get(kept.sealed_by)
        if key is None:
            raise _gone()
        seal = AnswerSeal(key, self._parts)
        if kept.fingerprint != seal.fingerprint:
            raise _mismatch()
        text = seal.open(kept.body)
        if text is None:
            raise _gone()
        return text

    def _unsealed(self, kept: Remembered) -> bytes:
        """As the version before kept it, for a day."""
        if kept.fingerprint != hashlib.sha256(self._parts[-1]).hexdigest():
            raise _mismatch()
        return kept.body

    async def claim(self) -> bool:
        """For a caller of no clinic, whose key may come again with another clinic in its body: no answer is
        kept here, only that the key belongs to this request. Whether it did not before. Raises as `answered`.
        """
        if await self._store.remembered(OPERATOR_CLINIC, self._name) is None:
            try:
                await self._store.commit(OPERATOR_CLINIC, [self.keeper(Answer(status=CLAIMED_STATUS))])
            except Repeated:
                pass
            else:
                return True
        await self.answered(OPERATOR_CLINIC)
        return False

    async def release(self) -> None:
        """A claim of a request that was refused: as after any refusal, the key may come with another."""
        await self._store.commit(OPERATOR_CLINIC, [Unremember(self._name)])

    def keeper(self, answer: Answer) -> Remember:
        """The part of a commit that keeps `answer`."""
        seal = AnswerSeal(self._keyring.signing, self._parts)
        return Remember(
            self._name,
            seal.fingerprint,
            answer.status,
            seal.close(answer.encoded()),
            sealed_by=seal.by,
            patients=tuple(sorted(set(_patients(msgspec.to_builtins(answer.body))))),
            at=self._now,
        )


async def _as_kept(answer: Answer) -> Answer:
    return answer


async def run_once(
    request: IdempotentRequest,
    places: Sequence[ClinicId],
    act: Callable[[], Awaitable[Answer]],
    again: Callable[[Answer], Awaitable[Answer]] = _as_kept,
) -> Answer:
    """Carry out what was not carried out yet. Whoever loses a race against its own repeat gets its answer, as
    `again` makes it of what was kept. `places`: the clinics that may have it.
    """
    if (answer := await _answered(request, places)) is not None:
        return await again(answer)
    try:
        return await act()
    except (Refusal, Repeated) as lost:
        if (answer := await _answered(request, places)) is not None:
            return await again(answer)
        if isinstance(lost, Repeated):
            # It is kept somewhere else, or came to its end this moment.
            raise Unavailable from None
        raise


@asynccontextmanager
async def claimed(request: IdempotentRequest) -> AsyncIterator[None]:
    """The key is this request's, of a caller of no clinic, wherever that falls to. Given back where it is
    refused.
    """
    is_new = await request.claim()
    try:
        yield
    except Refusal:
        if is_new:
            await request.release()
        raise


async def _answered(request: IdempotentRequest, places: Sequence[ClinicId]) -> Answer | None:
    for clinic in places:
        if (answer := await request.answered(clinic)) is not None:
            return answer
    return None


def key_of(request: web.Request) -> str | None:
    """The request's Idempotency-Key, if it has one that can be one."""
    keys = request.headers.getall(IDEMPOTENCY_HEADER, [])
    if len(keys) > 1:
        raise Invalid("idempotency_key_invalid", "Send one Idempotency-Key.")
    if keys and re.fullmatch(IDEMPOTENCY_KEY_PATTERN, keys[0]) is None:
        raise Invalid("idempotency_key_invalid", "Use 1 to 255 visible ASCII characters.")
    return keys[0] if keys else None


def _patients(body: object) -> Iterator[str]:
    """The ids of those whom an answer speaks of, wherever they stand in it."""
    if isinstance(body, dict):
        if isinstance(patient := body.get("patient"), str):
            yield patient
        for value in body.values():
            yield from _patients(value)
    elif isinstance(body, list):
        for each in body:
            yield from _patients(each)


def _mismatch() -> Invalid:
    return Invalid("idempotency_mismatch", "This Idempotency-Key was used for another request.")


def _gone() -> Gone:
    return Gone("answer_gone", "This was carried out; its answer cannot be given again.")
