"""What the demo remembers from one start to the next, in one file that only its owner can read."""

import os
import secrets
from pathlib import Path

import msgspec

from signalling.demo.children import DemoError


class DemoState(msgspec.Struct, kw_only=True):
    """Secrets and names of one demo. The same file means the same keys and clinic."""

    keys: str
    """`CONSULTROOM_KEYS`."""
    admin_key: str
    clinic: str = "demo"
    creation: str
    """The Idempotency-Key of the clinic's creation, so that a start cut short can ask again and be told the
    same."""
    api_key: str | None = None
    """Shown once by the server, so kept here."""
    practitioner: str | None = None
    appointment: str | None = None
    """The latest demo visit."""
    base_url: str | None = None
    """Where it is served, or was last."""


def fresh() -> DemoState:
    """New secrets."""
    return DemoState(
        keys=f"1:{secrets.token_urlsafe(32)}",
        admin_key=secrets.token_urlsafe(32),
        creation=secrets.token_urlsafe(16),
    )


def load(file: Path) -> DemoState:
    """What is kept, or new secrets where there is no file. Raises `DemoError`."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=DemoState)
    except FileNotFoundError:
        return fresh()
    except (OSError, msgspec.MsgspecError):
        raise DemoError(f"{file} cannot be read; remove its folder to start anew.") from None


def save(file: Path, state: DemoState) -> None:
    """Write it whole or not at all, for its owner only."""
    beside = file.with_suffix(".new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(msgspec.json.format(msgspec.json.encode(state)))
        out.flush()
        os.fsync(out.fileno())
    beside.replace(file)
