"""`consultroom keys …`: makes keys, and changes the file a running server reads again (A3). Prints a line or
two, never a secret but a new key where one is asked for; exit code 2 with one sentence where it cannot.
"""

import argparse
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

from rooms.access.tokens import KeyState
from signalling import keyfile
from signalling.keyfile import KeyFileLine
from signalling.setting_readers import KeySetting, SettingsError

Lines = list[KeyFileLine]

_HELP = {
    "list": "list the keys of a file by id and state",
    "rotate": "let a new key sign; the one that signed becomes accepted; makes the file where there is none",
    "add": "add a new key that is accepted and does not sign yet, for machines with a file each",
    "sign": "let an accepted key sign; the one that signed becomes accepted",
    "accept": "let a key's links open rooms (again)",
    "retire": "let a key's links open nothing any more; they are still recognised",
    "revoke": "let a key's links be worth nothing: it leaked",
    "drop": "take a retired or revoked key out of the file",
}

_STATES: dict[str, KeyState] = {"accept": "accepted", "retire": "retired", "revoke": "revoked"}

_MEANING: dict[KeyState, str] = {
    "signing": "it signs links",
    "accepted": "its links open rooms",
    "retired": "its links are recognised and open nothing",
    "revoked": "its links are worth nothing",
}


class _Refused(SettingsError):
    """Why this change cannot be, as one sentence."""


def add_to(parser: argparse.ArgumentParser) -> None:
    """The subcommands and their arguments."""
    commands = parser.add_subparsers(dest="what", required=True, metavar="what")
    new = commands.add_parser("new", help="print a new key, for CONSULTROOM_KEYS or a file of keys")
    new.add_argument("--id", type=_key_id, default=1, help="its id, 1 to 255; another for each key (1)")
    for name, told in _HELP.items():
        command = commands.add_parser(name, help=told, description=told)
        command.add_argument("file", type=Path, metavar="FILE", help="the file CONSULTROOM_KEYS_FILE names")
        if name in {"sign", "drop", *_STATES}:
            command.add_argument("id", type=_key_id, metavar="ID", help="the key's id, 1 to 255")


def run(asked: argparse.Namespace) -> int:
    """Carry out one of them; its exit code."""
    if asked.what == "new":
        print(f"{asked.id}:{_new_secret()}")
        return 0
    file: Path = asked.file
    try:
        _COMMANDS[asked.what](asked)
        if keyfile.is_open_to_others(file):
            print(f"{file} is open to everybody on this machine; chmod o-rwx it.", file=sys.stderr)
    except SettingsError as error:
        print(f"consultroom keys {asked.what}: {error}", file=sys.stderr)
        return 2
    return 0


def _list(asked: argparse.Namespace) -> None:
    for key in keyfile.read(asked.file, str(asked.file)):
        print(f"{key.id:>3} {key.state:8} {_MEANING[key.state]}")


def _rotate(asked: argparse.Namespace) -> None:
    before: list[int] = []

    def rotated(lines: Lines) -> Lines:
        before[:] = [key.id for key in keyfile.keys_of(lines) if key.state == "signing"]
        return _with_new(lines, "signing")

    new = _signing(keyfile.change(asked.file, str(asked.file), rotated))
    if not before:
        print(f"{asked.file} is made; key {new} signs.")
        return
    print(f"Key {new} signs from now on; key {before[0]} stays accepted.")
    print(f"Retire key {before[0]} when consultroom_joins_total shows no more joins by it.")


def _add(asked: argparse.Namespace) -> None:
    _there(asked)
    keys = keyfile.change(asked.file, str(asked.file), lambda lines: _with_new(lines, "accepted"))
    print(f"Key {keys[0].id} is added, accepted; key {_signing(keys)} goes on signing.")


def _sign(asked: argparse.Namespace) -> None:
    def signing(lines: Lines) -> Lines:
        if _of_id(lines, asked).state not in ("accepted", "signing"):
            raise _Refused(f"key {asked.id} is not accepted; accept it first.")
        return [_in_state(line, asked.id, "signing") for line in _stood_down(lines)]

    keyfile.change(asked.file, str(asked.file), signing)
    print(f"Key {asked.id} signs from now on.")


def _put(asked: argparse.Namespace) -> None:
    state = _STATES[asked.what]

    def moved(lines: Lines) -> Lines:
        _not_signing(lines, asked)
        return [_in_state(line, asked.id, state) for line in lines]

    keyfile.change(asked.file, str(asked.file), moved)
    print(f"Key {asked.id} is {state}: {_MEANING[state]}.")


def _drop(asked: argparse.Namespace) -> None:
    def dropped(lines: Lines) -> Lines:
        if _not_signing(lines, asked).state == "accepted":
            raise _Refused(
                f"key {asked.id} is accepted, and its links open rooms; retire or revoke it first."
            )
        return [line for line in lines if isinstance(line, str) or line.id != asked.id]

    keyfile.change(asked.file, str(asked.file), dropped)
    print(f"Key {asked.id} is gone; its links are unknown from now on.")


_COMMANDS: dict[str, Callable[[argparse.Namespace], None]] = {
    "list": _list,
    "rotate": _rotate,
    "add": _add,
    "sign": _sign,
    "drop": _drop,
    **dict.fromkeys(_STATES, _put),
}


def _there(asked: argparse.Namespace) -> None:
    """Only `rotate` makes a file: the others would make one of a misspelt name."""
    if not asked.file.exists():
        raise _Refused(f"there is no {asked.file}; consultroom keys rotate makes it.")


def _of_id(lines: Lines, asked: argparse.Namespace) -> KeySetting:
    for key in keyfile.keys_of(lines):
        if key.id == asked.id:
            return key
    raise _Refused(f"there is no key {asked.id} in {asked.file}.")


def _not_signing(lines: Lines, asked: argparse.Namespace) -> KeySetting:
    key = _of_id(lines, asked)
    if key.state == "signing":
        raise _Refused(f"key {asked.id} signs links now; consultroom keys rotate lets another sign.")
    return key


def _signing(keys: tuple[KeySetting, ...]) -> int:
    return next(key.id for key in keys if key.state == "signing")


def _stood_down(lines: Lines) -> Lines:
    """As they are, but whoever signs is only accepted."""
    return [
        line._replace(state="accepted") if isinstance(line, KeySetting) and line.state == "signing" else line
        for line in lines
    ]


def _with_new(lines: Lines, state: KeyState) -> Lines:
    """A new key before the others, after the notes the file begins with. Where it signs, it alone does."""
    id = keyfile.free_id(keyfile.keys_of(lines))
    if id is None:
        raise _Refused("there are 255 keys, and no id is left; drop those that are retired or revoked.")
    if state == "signing":
        lines = _stood_down(lines)
    first = next((at for at, line in enumerate(lines) if isinstance(line, KeySetting)), len(lines))
    return [*lines[:first], KeySetting(id, _new_secret(), state), *lines[first:]]


def _in_state(line: KeyFileLine, id: int, state: KeyState) -> KeyFileLine:
    return line._replace(state=state) if isinstance(line, KeySetting) and line.id == id else line


def _new_secret() -> str:
    return secrets.token_urlsafe(32)


def _key_id(text: str) -> int:
    return between(text, 1, 255)


def between(text: str, least: int, most: int) -> int:
    """An argument that is a number. Raises what argparse shows."""
    if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"use a number from {least} to {most}")
    return int(text)
