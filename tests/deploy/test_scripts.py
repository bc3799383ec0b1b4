"""`./deploy/demo` before Python has anything to say: which Python, when to install, what is passed on."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
TOOLS = ("sh", "dirname", "cat", "cksum", "mkdir", "flock")
PIP_FAILS = '#!/bin/sh\n[ "$2" = pip ] && [ "$3" = install ] && exit 1\necho "$@"\n'
ECHO = '#!/bin/sh\necho "$@"\n'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of only what the script reads, in a folder with a space in its name."""
    top = tmp_path / "a checkout"
    shutil.copytree(TOP / "deploy", top / "deploy")
    shutil.copy(TOP / "pyproject.toml", top)
    (top / ".venv/bin").mkdir(parents=True)
    return top


def fake_python(checkout: Path, script: str) -> None:
    python = checkout / ".venv/bin/python"
    python.write_text(script)
    python.chmod(0o755)


def demo(checkout: Path, *arguments: str, path: str = os.environ["PATH"]) -> subprocess.CompletedProcess[str]:
    command = [str(checkout / "deploy/demo"), *arguments]
    return subprocess.run(
        command, env={"PATH": path}, capture_output=True, text=True, timeout=30, check=False
    )


def test_no_python_is_said_in_a_sentence(checkout: Path, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found
        (tools / name).symlink_to(found)
    old = tools / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")  # what a Python that is too old answers
    old.chmod(0o755)
    done = demo(checkout, path=str(tools))
    assert done.returncode == 1
    assert done.stderr == (
        "Python 3.11 or later is needed, and none was found. "
        "On Debian or Ubuntu: apt-get install python3 python3-venv\n"
    )


def test_it_installs_once_and_again_when_the_packaging_changes(checkout: Path) -> None:
    fake_python(checkout, ECHO)
    assert "Installing" in demo(checkout).stderr
    assert "Installing" not in demo(checkout).stderr
    with (checkout / "pyproject.toml").open("a") as settings:
        settings.write("# changed\n")
    assert "Installing" in demo(checkout).stderr


WITHOUT_ECHO = """#!/bin/sh
case "$*" in *echo]*) exit 1;; esac
echo "$@"
"""


def test_the_device_check_is_whole_where_its_echo_peer_can_be_had(checkout: Path) -> None:
    fake_python(checkout, ECHO)
    assert "[demo,echo]" in demo(checkout).stderr
    shutil.rmtree(checkout / ".venv")
    (checkout / ".venv/bin").mkdir(parents=True)
    fake_python(checkout, WITHOUT_ECHO)
    done = demo(checkout)
    assert done.returncode == 0
    assert "trying without the extra echo" in done.stderr
    assert "[demo]" in done.stderr
    assert "Installing" not in demo(checkout).stderr


def test_a_failed_installation_is_tried_again(checkout: Path) -> None:
    fake_python(checkout, PIP_FAILS)
    done = demo(checkout)
    assert done.returncode == 1
    assert "A package index must be reachable" in done.stderr
    fake_python(checkout, ECHO)
    assert "Installing" in demo(checkout).stderr


def test_a_moved_checkout_is_installed_anew(checkout: Path) -> None:
    fake_python(checkout, ECHO)
    demo(checkout)
    moved = checkout.rename(checkout.with_name("elsewhere"))
    assert "Installing" in demo(moved).stderr


def test_arguments_are_passed_on_after_the_default_folder(checkout: Path) -> None:
    fake_python(checkout, ECHO)
    demo(checkout)
    done = demo(checkout, "--json", "--data", "some where")
    assert done.stdout == f"-m signalling demo --data {checkout}/.demo --json --data some where\n"
    assert done.returncode == 0
