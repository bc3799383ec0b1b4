"""The Lua scripts. Each file's header is its contract.

They are constant, data reaches them through KEYS and ARGV only (RELIABILITY 2, CVE-2025-49844).
"""

from hashlib import sha1
from importlib.resources import files
from typing import Final

import msgspec


class Script(msgspec.Struct, frozen=True):
    """`digest` is the name Redis gives it (EVALSHA)."""

    name: str
    source: bytes
    digest: str


def _read(name: str) -> Script:
    source = files(__package__).joinpath(f"{name}.lua").read_bytes()
    return Script(name, source, sha1(source, usedforsecurity=False).hexdigest())


COMMIT_SCRIPT: Final = _read("commit")
ARRIVAL_SCRIPT: Final = _read("arrival")
RENEW_SCRIPT: Final = _read("renew")
BEAT_SCRIPT: Final = _read("beat")
TAKE_SCRIPT: Final = _read("take")
ALL_SCRIPTS: Final = (COMMIT_SCRIPT, ARRIVAL_SCRIPT, RENEW_SCRIPT, BEAT_SCRIPT, TAKE_SCRIPT)
