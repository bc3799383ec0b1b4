"""`consultroom keys …` on a file, as an operator uses it while servers read it (A3)."""

import os
import re
import secrets
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from signalling import cli, keyfile
from tests.deploy.test_cli import run
from tests.deploy.test_settings import LEAST


class Operator:
    """Somebody at a terminal with one file of keys."""

    def __init__(self, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.file, self.capsys, self.seen = file, capsys, ""
        self.said = self.complaint = ""

    def keys(self, what: str, *id: int) -> int:
        """One command; its exit code. `said` and `complaint` are what it printed."""
        code = cli.main(["keys", what, str(self.file), *map(str, id)])
        self.said, self.complaint = self.capsys.readouterr()
        self.seen += self.said + self.complaint
        return code

    def states(self) -> dict[int, str]:
        return {key.id: key.state for key in keyfile.read(self.file, "the file")}

    def secrets(self) -> set[str]:
        return {key.secret for key in keyfile.read(self.file, "the file")}


@pytest.fixture
def operator(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Operator:
    return Operator(tmp_path / "keys", capsys)


def test_a_keys_whole_life(operator: Operator) -> None:
    known: set[str] = set()
    for command, states in (
        (("rotate",), {1: "signing"}),
        (("rotate",), {2: "signing", 1: "accepted"}),
        (("add",), {3: "accepted", 2: "signing", 1: "accepted"}),
        (("sign", 3), {3: "signing", 2: "accepted", 1: "accepted"}),
        (("retire", 1), {3: "signing", 2: "accepted", 1: "retired"}),
        (("accept", 1), {3: "signing", 2: "accepted", 1: "accepted"}),
        (("revoke", 1), {3: "signing", 2: "accepted", 1: "revoked"}),
        (("drop", 1), {3: "signing", 2: "accepted"}),
        (("retire", 2), {3: "signing", 2: "retired"}),
        (("drop", 2), {3: "signing"}),
        (("sign", 3), {3: "signing"}),
        (("rotate",), {4: "signing", 3: "accepted"}),
    ):
        what, *id = command
        assert operator.keys(str(what), *map(int, id)) == 0, operator.complaint
        assert operator.states() == states
        assert list(operator.states()) == list(states), "a new key stands first"
        assert 1 <= operator.said.count("\n") <= 2
        assert operator.complaint == ""
        known |= operator.secrets()
    assert len(known) == 4
    assert not any(secret in operator.seen for secret in known)


def test_rotating_says_what_is_next(operator: Operator) -> None:
    operator.keys("rotate")
    assert operator.said == f"{operator.file} is made; key 1 signs.\n"
    operator.keys("rotate")
    assert operator.said == (
        "Key 2 signs from now on; key 1 stays accepted.\n"
        "Retire key 1 when consultroom_joins_total shows no more joins by it.\n"
    )


def test_a_list(operator: Operator) -> None:
    operator.keys("rotate")
    operator.keys("rotate")
    operator.keys("list")
    assert operator.said.splitlines() == [
        "  2 signing  it signs links",
        "  1 accepted its links open rooms",
    ]


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("accept", 2), "key 2 signs links now"),
        (("retire", 2), "key 2 signs links now"),
        (("revoke", 2), "key 2 signs links now"),
        (("drop", 2), "key 2 signs links now"),
        (("drop", 1), "key 1 is accepted"),
        (("retire", 7), "there is no key 7"),
        (("sign", 7), "there is no key 7"),
        (("sign", 3), "key 3 is not accepted"),
    ],
)
def test_what_cannot_be_changes_nothing(operator: Operator, command: tuple[str, int], says: str) -> None:
    for before in (("rotate",), ("rotate",), ("add",), ("retire", 3)):
        operator.keys(str(before[0]), *before[1:])
    content = operator.file.read_text()
    assert operator.keys(*command) == 2
    assert operator.said == ""
    assert operator.complaint.startswith(f"consultroom keys {command[0]}: {says}")
    assert operator.complaint.count("\n") == 1
    assert operator.file.read_text() == content


@pytest.mark.parametrize("what", ["list", "add", "sign", "accept", "retire", "revoke", "drop"])
def test_only_rotate_makes_a_file(operator: Operator, what: str) -> None:
    assert operator.keys(what, *([] if what in ("list", "add") else [1])) == 2
    assert not operator.file.exists()
    assert operator.complaint.startswith(f"consultroom keys {what}: ")


def test_a_folder_that_is_not_there(operator: Operator) -> None:
    operator.file = operator.file / "keys"
    assert operator.keys("rotate") == 2
    assert "cannot be written: No such file or directory" in operator.complaint


def test_a_wrong_file_is_left_alone(operator: Operator) -> None:
    operator.file.write_text(f"1:{secrets.token_urlsafe(9)}\n")
    operator.file.chmod(0o600)
    content = operator.file.read_text()
    assert operator.keys("rotate") == 2
    assert "too short" in operator.complaint
    assert operator.file.read_text() == content


def test_a_file_is_its_owners_only_and_stays_what_it_was(operator: Operator) -> None:
    operator.keys("rotate")
    assert stat.S_IMODE(operator.file.stat().st_mode) == 0o600
    operator.keys("rotate")
    assert stat.S_IMODE(operator.file.stat().st_mode) == 0o600
    operator.file.chmod(0o640)
    operator.keys("rotate")
    assert stat.S_IMODE(operator.file.stat().st_mode) == 0o640
    assert operator.complaint == ""


def test_a_file_open_to_everybody_is_warned_of(operator: Operator) -> None:
    operator.keys("rotate")
    operator.file.chmod(0o644)
    assert operator.keys("list") == 0
    assert operator.complaint == f"{operator.file} is open to everybody on this machine; chmod o-rwx it.\n"


@pytest.mark.skipif(os.geteuid() != 0 and not os.environ.get("CI"), reason="only root may give files away")
def test_the_servers_user_can_still_read_it(operator: Operator) -> None:
    """root rotates; the server runs as somebody else."""
    operator.keys("rotate")
    os.chown(operator.file, 65_534, 65_533)
    operator.keys("rotate")
    owned = operator.file.stat()
    assert (owned.st_uid, owned.st_gid) == (65_534, 65_533)


def test_notes_and_order_are_kept(operator: Operator) -> None:
    first, second = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    operator.file.write_text(
        f"# Harbour Clinic\n\n1:{first}, 5:{second}:retired,\n  # the end\n", encoding="utf-8-sig"
    )
    operator.file.chmod(0o600)
    operator.keys("rotate")
    lines = operator.file.read_text().splitlines()
    assert re.fullmatch(r"2:[\w-]{43}:signing", lines.pop(2))
    assert lines == ["# Harbour Clinic", "", f"1:{first}:accepted", f"5:{second}:retired", "  # the end"]


def test_a_link_to_the_file_stays_one(operator: Operator, tmp_path: Path) -> None:
    operator.keys("rotate")
    target, link = operator.file, tmp_path / "link"
    link.symlink_to(target)
    operator.file = link
    operator.keys("rotate")
    assert link.is_symlink()
    assert set(keyfile.read(target, "")) == set(keyfile.read(link, ""))
    assert operator.states() == {2: "signing", 1: "accepted"}


def test_ids_come_again_as_late_as_can_be(operator: Operator) -> None:
    secret = secrets.token_urlsafe(32)
    operator.file.write_text(f"255:{secret}:signing\n1:{secret[::-1]}:retired\n")
    operator.file.chmod(0o600)
    operator.keys("rotate")
    assert operator.states() == {2: "signing", 255: "accepted", 1: "retired"}


def test_the_256th_key_is_refused(operator: Operator) -> None:
    keys = [f"{id}:{secrets.token_urlsafe(32)}" for id in range(1, 256)]
    operator.file.write_text("\n".join(keys))
    operator.file.chmod(0o600)
    assert operator.keys("add") == 2
    assert "no id is left" in operator.complaint


def test_two_at_once_lose_nothing_and_a_reader_never_sees_half(operator: Operator) -> None:
    operator.keys("rotate")
    command = [sys.executable, "-m", "signalling", "keys", "rotate", str(operator.file)]
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(6)]
    while any(process.poll() is None for process in running):
        assert len(operator.states()) >= 1  # raises where it is not whole
    assert [process.returncode for process in running] == [0] * 6
    assert sorted(operator.states()) == [1, 2, 3, 4, 5, 6, 7]
    assert list(operator.states().values()).count("signing") == 1
    assert [each.name for each in operator.file.parent.iterdir()] == ["keys"], "nothing is left beside it"


def test_a_write_that_fails_leaves_the_old_file(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    operator.keys("rotate")
    content = operator.file.read_text()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert operator.keys("rotate") == 2
    assert operator.complaint.endswith("cannot be written: No space left on device.\n")
    assert operator.file.read_text() == content
    assert [each.name for each in operator.file.parent.iterdir()] == ["keys"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "CONSULTROOM_KEYS_FILE cannot be read: No such file or directory."),
        ("", "CONSULTROOM_KEYS_FILE holds no key"),
        ("1:tiny-one", "CONSULTROOM_KEYS_FILE: the secret of key 1 is too short"),
        (
            "1:change-me-change-me-change-me-1234567890",
            "CONSULTROOM_KEYS_FILE: the secret of key 1 looks like",
        ),
    ],
)
def test_serve_refuses_a_wrong_file(tmp_path: Path, content: str | None, says: str) -> None:
    file = tmp_path / "keys"
    if content is not None:
        file.write_text(content)
    environ = {**LEAST, "CONSULTROOM_KEYS": "", "CONSULTROOM_KEYS_FILE": str(file)}
    done = run("serve", **environ)
    assert done.returncode == 2
    assert done.stderr.startswith(f"consultroom serve: {says}")
    assert done.stderr.count("\n") == 1
    assert content is None or not content or content[2:] not in done.stderr
