"""The clinic itself: made by the operator, read and changed under its own key."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterator

import msgspec
from msgspec import UNSET

from rooms import ids
from rooms.ids import ClinicId
from signalling.http.callers import Answer
from signalling.http.once import Once
from signalling.http.routes import Call, Nothing
from signalling.http.shapes import show
from signalling.http.shapes.answers import ClinicCreated, ClinicShown
from signalling.http.shapes.requests import ChangeClinic, ChangePolicy, CreateClinic, Request

_SALT = b"consultroom.api-key.v1"


async def create_clinic(call: Call[CreateClinic]) -> Answer:
    """A clinic and its first API key."""
    asked, once = call.asked, call.once
    clinic_id = ClinicId(asked.id)
    if once is not None:
        await once.claim()
        if answered := await once.answered(clinic_id):
            return await _again(call, clinic_id, once, answered)
    clinic, api_key = await call.deps.clinics.create(
        clinic_id,
        asked.name,
        asked.time_zone,
        phone=asked.phone,
        policy=asked.policy,
        external_ids=asked.external_ids,
        api_secret=ids.new_secret() if once is None else next(_secrets(call, clinic_id, once)),
        now=call.now,
        # The key is in no stored answer: whoever reads the store must not be able to use one.
        keep=call.keep(lambda made: Answer(201, show.clinic(made[0]))),
    )
    return _created(show.clinic(clinic), api_key)


async def _again(call: Call[CreateClinic], clinic: ClinicId, once: Once, kept: Answer) -> Answer:
    """The first answer once more, its key made anew: the same as then, as long as the signing key is
    known.
    """
    shown = msgspec.json.decode(kept.encoded(), type=ClinicShown)
    for secret in _secrets(call, clinic, once):
        api_key = f"crk.{clinic}.{secret}"
        if await call.deps.clinics.authenticate(api_key) == clinic:
            return _created(shown, api_key)
    return kept


def _secrets(call: Call[CreateClinic], clinic: ClinicId, once: Once) -> Iterator[str]:
    """The secret that belongs to this clinic and Idempotency-Key, by each signing key, the present one
    first.
    """
    keys = sorted(call.deps.settings.keys, key=lambda key: key.state != "signing")
    for key in keys:
        digest = hmac.new(
            key.secret.encode(), b"\n".join((_SALT, clinic.encode(), once.key.encode())), hashlib.sha256
        )
        yield urlsafe_b64encode(digest.digest()).decode().rstrip("=")


def _created(clinic: ClinicShown, api_key: str) -> Answer:
    return Answer(201, ClinicCreated(**msgspec.structs.asdict(clinic), api_key=api_key))


async def get_clinic(call: Call[Nothing]) -> Answer:
    """The caller's clinic."""
    return Answer(200, show.clinic(await call.deps.clinics.get(call.clinic)))


async def change_clinic(call: Call[ChangeClinic]) -> Answer:
    """RFC 7396: what is given replaces, null removes, what is absent stays."""
    fields = _given(call.asked)
    if isinstance(policy := fields.get("policy"), ChangePolicy):
        fields["policy"] = _given(policy)
    return Answer(200, show.clinic(await call.deps.clinics.change(call.clinic, fields, call.now)))


def _given(asked: Request) -> dict[str, object]:
    return {name: value for name, value in msgspec.structs.asdict(asked).items() if value is not UNSET}
