"""The tests' own rules: nothing is skipped in CI, soak only when asked for, and `rooms/` is covered whole or
the run fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


def run(folder: Path, source: str, *options: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A pytest run of one file with our conftest, away from our tests."""
    (folder / "test_it.py").write_text(source)
    settings = [
        "-c",
        str(TOP / "pyproject.toml"),
        "--rootdir",
        str(folder),
        "-p",
        "tests.conftest",
        "-p",
        "no:cacheprovider",
    ]
    command = [sys.executable, "-m", "pytest", *settings, *options, str(folder / "test_it.py")]
    clean = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("COV")}
    return subprocess.run(
        command,
        cwd=folder,
        env={**clean, "PYTHONPATH": str(TOP), **environ},
        capture_output=True,
        text=True,
        check=False,
    )


SKIPPED = "import pytest\n\ndef test_it():\n    pytest.skip('no browser here')\n"
MARKED = "import pytest\n\n@pytest.mark.skipif(True, reason='not today')\ndef test_it():\n    pass\n"
EXPECTED = "import pytest\n\n@pytest.mark.xfail(reason='known')\ndef test_it():\n    assert False\n"
SOAKING = """
import pytest

@pytest.mark.soak
def test_long():
    assert False

def test_short():
    pass
"""
CALLING = """
import sys
sys.path.insert(0, '.')

def test_it():
    from rooms.half import half
    half"""


@pytest.mark.parametrize("source", [SKIPPED, MARKED])
def test_a_skipped_test_fails_in_ci_only(tmp_path: Path, source: str) -> None:
    assert run(tmp_path, source).returncode == 0
    done = run(tmp_path, source, CI="true")
    assert done.returncode == 1
    assert "in CI nothing may be" in done.stdout


def test_an_expected_failure_is_no_skip(tmp_path: Path) -> None:
    assert run(tmp_path, EXPECTED, CI="true").returncode == 0


def test_soak_tests_run_when_asked_for(tmp_path: Path) -> None:
    assert run(tmp_path, SOAKING).returncode == 0
    assert run(tmp_path, SOAKING, "--soak").returncode == 1


def test_a_warning_is_an_error(tmp_path: Path) -> None:
    assert (
        run(
            tmp_path, "import warnings\n\ndef test_it():\n    warnings.warn('old', DeprecationWarning)\n"
        ).returncode
        == 1
    )


@pytest.mark.parametrize(("called", "code"), [("(1) + half(0)", 0), ("(1)", 1)])
def test_an_uncovered_branch_of_rooms_fails_the_run(tmp_path: Path, called: str, code: int) -> None:
    for package in ("rooms", "signalling"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("")
    (tmp_path / "rooms" / "half.py").write_text("def half(n):\n    if n:\n        n = 2\n    return n\n")
    settings = tmp_path / "coverage.ini"
    settings.write_text("[run]\nbranch = true\nsource = rooms\n")
    source = CALLING + called
    done = run(
        tmp_path,
        source,
        *("--cov", f"--cov-config={settings}", "--rooms-covered"),
        PYTHONPATH=f"{tmp_path}:{TOP}",
    )
    assert done.returncode == code, done.stdout
    assert ("must be covered whole" in done.stdout) == bool(code)
