"""A file of signing keys (A3): what `CONSULTROOM_KEYS` would hold, one key a line or comma-separated, with
`#` lines for people. Read whole, checked whole, written whole; nothing here ever repeats a secret.
"""

import contextlib
import fcntl
import os
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from rooms.access.tokens import SigningKey
from signalling import setting_readers
from signalling.setting_readers import KeySetting, SettingsError

LARGEST_KEY_FILE = 65_536
"""Bytes: 255 keys of 255 characters, the most there can be."""

PRIVATE_MODE = 0o600
"""The mode of a new file: its owner's only."""

KeyFileLine = KeySetting | str
"""A key, or what a person wrote between the keys."""

FileStamp = tuple[int, ...]
"""What changes whenever a file does."""


def signing_keys(keys: Iterable[KeySetting]) -> list[SigningKey]:
    """The keys as tokens want them."""
    return [SigningKey(id=key.id, secret=key.secret.encode(), state=key.state) for key in keys]


def stamp(path: Path) -> FileStamp | None:
    """Device, inode, size and both times of a file; None where it cannot be looked at. The time of the last
    change is among them, for a copy may bring its time of writing along.
    """
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns


def read(path: Path, name: str) -> tuple[KeySetting, ...]:
    """The keys in a file that is called `name` where something is wrong with it. Raises `SettingsError`."""
    return keys_of(_parsed(_text(path, name), name))


def keys_of(lines: Iterable[KeyFileLine]) -> tuple[KeySetting, ...]:
    """The keys among these lines."""
    return tuple(line for line in lines if isinstance(line, KeySetting))


def _parsed(content: str, name: str) -> list[KeyFileLine]:
    """The keys and, each where it stands, the other lines. Raises `SettingsError`."""
    parts: list[tuple[bool, str]] = []
    for line in content.splitlines():
        if _is_note(line):
            parts.append((False, line))
        else:
            parts += ((True, part) for part in line.strip().strip(",").split(","))
    texts = [text for is_key, text in parts if is_key]
    if not texts:
        raise SettingsError(f"{name} holds no key; consultroom keys rotate makes one.")
    keys = iter(setting_readers.keys(name, ",".join(texts)))
    return [next(keys) if is_key else text for is_key, text in parts]


def _is_note(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _text(path: Path, name: str) -> str:
    try:
        # Not to wait for a pipe's other end; a file is read the same.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise SettingsError(f"{name} is not a file.")
            content = file.read(LARGEST_KEY_FILE + 1)
        if len(content) > LARGEST_KEY_FILE:
            raise SettingsError(f"{name} is longer than any file of keys.")
        return content.decode("utf-8-sig")
    except OSError as error:
        raise SettingsError(f"{name} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{name} is not a text file.") from None


def is_open_to_others(path: Path) -> bool:
    """Whether anybody on the machine may read or change it."""
    return bool(path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH))


def change(
    path: Path, name: str, how: Callable[[list[KeyFileLine]], list[KeyFileLine]]
) -> tuple[KeySetting, ...]:
    """Read, change, check and write a file, or make it; what it holds then. One change after another, and a
    reader sees the old file or the new. Raises `SettingsError`.
    """
    try:
        path = path.resolve()
        with _alone(path.parent):
            changed = how(_parsed(_text(path, name), name) if path.exists() else [])
            text = "".join(f"{_shown(line)}\n" for line in changed)
            keys = keys_of(_parsed(text, name))
            _write(path, text)
            return keys
    except OSError as error:
        raise SettingsError(f"{name} cannot be written: {error.strerror}.") from None


def _shown(line: KeyFileLine) -> str:
    return line if isinstance(line, str) else f"{line.id}:{line.secret}:{line.state}"


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else changes a file of keys in this folder meanwhile."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(path: Path, text: str) -> None:
    """Whole or not at all, with the mode and owner it had: the server may run as somebody else than whoever
    changes its keys.
    """
    descriptor, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            _keep_owner(file.fileno(), path)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink()
        raise


def _keep_owner(descriptor: int, path: Path) -> None:
    try:
        was = path.stat()
    except FileNotFoundError:
        os.fchmod(descriptor, PRIVATE_MODE)
        return
    made = os.fstat(descriptor)
    if (was.st_uid, was.st_gid) != (made.st_uid, made.st_gid):
        os.fchown(descriptor, was.st_uid, was.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(was.st_mode))


def free_id(keys: Sequence[KeySetting]) -> int | None:
    """The id after the one that signs, or the next one nobody has: an id comes again as late as can be."""
    taken = {key.id for key in keys}
    last = next((key.id for key in keys if key.state == "signing"), 0)
    return next((id for step in range(255) if (id := (last + step) % 255 + 1) not in taken), None)
