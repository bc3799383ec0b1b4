"""The clinic itself: made by the operator, read and changed under its own key."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterator

import msgspec
from msgspec import UNSET

from rooms import ids
from rooms.errors import Contradiction, Gone
from rooms.ids import ClinicId
from rooms.service.administration.clinics import KEY_PREFIX
from signalling.http.callers import Answer
from signalling.http.idempotency import IdempotentRequest, claimed, run_once
from signalling.http.routes import Call, Nothing
from signalling.http.schemas import render
from signalling.http.schemas.answers import ClinicCreated
from signalling.http.schemas.requests import ChangeClinic, ChangePolicy, CreateClinic, Request

_SALT = b"consultroom.api-key.v1"


async def create_clinic(call: Call[CreateClinic]) -> Answer:
    """A clinic and its first API key."""
    clinic_id, idempotent = ClinicId(call.asked.id), call.idempotent
    if idempotent is None:
        return await _create(call, clinic_id, ids.new_secret())
    async with claimed(idempotent):
        try:
            return await run_once(
                idempotent,
                [clinic_id],
                lambda: _create(call, clinic_id, next(_secrets(call, clinic_id, idempotent))),
                lambda kept: _again(call, clinic_id, idempotent, kept),
            )
        except Gone:
            raise _not_again() from None


async def _create(call: Call[CreateClinic], clinic_id: ClinicId, secret: str) -> Answer:
    asked = call.asked
    clinic, api_key = await call.deps.clinics.create(
        clinic_id,
        asked.name,
        asked.time_zone,
        phone=asked.phone,
        policy=asked.policy,
        external_ids=asked.external_ids,
        api_secret=secret,
        now=call.now,
        # The key is in no stored answer: whoever reads the store must not be able to use one.
        keep=call.keep(lambda made: Answer(201, render.clinic(made[0]))),
    )
    shown = msgspec.structs.asdict(render.clinic(clinic))
    return Answer(201, ClinicCreated(**shown, api_key=api_key))


async def _again(
    call: Call[CreateClinic], clinic: ClinicId, idempotent: IdempotentRequest, kept: Answer
) -> Answer:
    """The first answer once more, its key made anew. Raises `clinic_exists` where no signing key of now makes
    the one of then.
    """
    shown = msgspec.json.decode(kept.encoded(), type=dict[str, object])
    for secret in _secrets(call, clinic, idempotent):
        api_key = f"{KEY_PREFIX}{clinic}.{secret}"
        if await call.deps.clinics.authenticate(api_key) == clinic:
            return Answer(201, shown | {"api_key": api_key})
    raise _not_again()


def _not_again() -> Contradiction:
    return Contradiction("clinic_exists", "The clinic was made; its key can no longer be shown.")


def _secrets(call: Call[CreateClinic], clinic: ClinicId, idempotent: IdempotentRequest) -> Iterator[str]:
    """The secret that belongs to this clinic and Idempotency-Key, by each signing key, the present one
    first.
    """
    belongs_to = b"\n".join((_SALT, clinic.encode(), idempotent.key.encode()))
    for key in sorted(call.deps.keyring.keys, key=lambda key: key.state != "signing"):
        digest = hmac.new(key.secret, belongs_to, hashlib.sha256)
        yield urlsafe_b64encode(digest.digest()).decode().rstrip("=")


async def get_clinic(call: Call[Nothing]) -> Answer:
    """The caller's clinic."""
    return Answer(200, render.clinic(await call.deps.clinics.get(call.clinic)))


async def change_clinic(call: Call[ChangeClinic]) -> Answer:
    """RFC 7396: what is given replaces, null removes, what is absent stays."""
    fields = _given(call.asked)
    if isinstance(policy := fields.get("policy"), ChangePolicy):
        fields["policy"] = _given(policy)
    return Answer(200, render.clinic(await call.deps.clinics.change(call.clinic, fields, call.now)))


def _given(asked: Request) -> dict[str, object]:
    return {name: value for name, value in msgspec.structs.asdict(asked).items() if value is not UNSET}
