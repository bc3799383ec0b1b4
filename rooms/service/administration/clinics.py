"""Clinics and their API keys (CONTRACT, HTTP)."""

import secrets
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from rooms.errors import Contradiction
from rooms.ids import ClinicId, is_public_id, secret_digest
from rooms.policy import Policy
from rooms.ports import AddKey, Put, Store
from rooms.records import ApiKey, Clinic
from rooms.service.appointments.policy_change import follow
from rooms.service.idempotency import Keep, kept_answer
from rooms.service.load import clinic_of
from rooms.service.retry import until_consistent
from rooms.times import Instant

KEY_PREFIX = "crk."
"""What an API key begins with, so that it is recognised where it leaked."""

BY_DEFAULT = Policy()


class Clinics:
    """The unit of isolation."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def create(
        self,
        id: ClinicId,
        name: str,
        time_zone: str,
        *,
        phone: str | None = None,
        policy: Policy = BY_DEFAULT,
        external_ids: tuple[str, ...] = (),
        api_secret: str,
        now: Instant,
        keep: Keep[tuple[Clinic, str]] | None = None,
    ) -> tuple[Clinic, str]:
        """A clinic and its first API key `crk.<clinic>.<api_secret>`, of which only a digest is kept.

        `api_secret` has 256 random bits (`ids.new_secret`) and no dot. Raises `Contradiction`
        `clinic_exists`.
        """
        clinic = Clinic(
            id=id,
            name=name,
            time_zone=time_zone,
            salt=secrets.token_hex(16),
            phone=phone,
            policy=policy,
            external_ids=external_ids,
        )
        result = (replace(clinic, version=1), f"{KEY_PREFIX}{id}.{api_secret}")
        key = AddKey(ApiKey(digest=secret_digest(api_secret), created_at=now))

        async def write() -> tuple[Clinic, str]:
            if await self.store.clinic(id) is not None:
                raise Contradiction("clinic_exists", "There is a clinic of that id.")
            await self.store.commit(id, [Put(clinic), key, *kept_answer(keep, result)])
            return result

        return await until_consistent(write)

    async def get(self, clinic: ClinicId) -> Clinic:
        """Raises `NotFound`."""
        return await clinic_of(self.store, clinic)

    async def change(self, clinic: ClinicId, fields: Mapping[str, object], now: Instant) -> Clinic:
        """Merge `fields` (RFC 7396: null takes away) and let what is not yet decided follow (CONTRACT).

        The values were validated; `policy` may hold some of its members. Raises `NotFound`, `Unavailable`.
        """
        changed = await until_consistent(lambda: self._change(clinic, fields))
        if "policy" in fields or "time_zone" in fields:
            # Also where nothing changed: whoever asks again after a crash half-way brings it to its end.
            await follow(self.store, clinic, now)
        return changed

    async def _change(self, id: ClinicId, fields: Mapping[str, object]) -> Clinic:
        clinic = await clinic_of(self.store, id)
        changed = replace(clinic, **_merged(clinic, fields))
        if changed == clinic:
            return clinic
        await self.store.commit(id, [Put(changed)])
        return replace(changed, version=changed.version + 1)

    async def authenticate(self, api_key: str) -> ClinicId | None:
        """Whose API key this is."""
        clinic, _, secret = api_key.removeprefix(KEY_PREFIX).rpartition(".")
        if not api_key.startswith(KEY_PREFIX) or not is_public_id(clinic):
            return None
        # Looked up by its digest: how long that takes says nothing about the secret.
        known = await self.store.api_key(ClinicId(clinic), secret_digest(secret))
        return ClinicId(clinic) if known is not None else None


_EMPTY: Mapping[str, object] = {"phone": None, "external_ids": (), "policy": BY_DEFAULT}
"""What null makes of a field."""


def _merged(clinic: Clinic, fields: Mapping[str, object]) -> dict[str, Any]:
    return {
        name: _policy(clinic.policy, value)
        if name == "policy" and isinstance(value, Mapping)
        else _EMPTY[name]
        if value is None
        else value
        for name, value in fields.items()
    }


def _policy(policy: Policy, fields: Mapping[str, object]) -> Policy:
    """Null is the default again."""
    defaults = {field.name: field.default for field in msgspec.structs.fields(Policy)}
    return replace(policy, **{n: defaults[n] if v is None else v for n, v in fields.items()})
