"""The commands, run as somebody runs them."""

import json
import os
import subprocess
import sys

import pytest

from signalling import cli, config
from tests.deploy.test_settings import LEAST


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CONSULTROOM_")}
    command = [sys.executable, "-m", "signalling", *arguments]
    return subprocess.run(
        command, env={**clean, **environ}, capture_output=True, text=True, timeout=30, check=False
    )


def test_serve_without_settings_says_what_is_missing() -> None:
    done = run("serve")
    assert done.returncode == 2
    assert (
        done.stderr
        == "consultroom serve: CONSULTROOM_REDIS_URL is missing; deploy/README.md says what it is.\n"
    )
    assert done.stdout == ""


@pytest.mark.parametrize("key", ["1:short", "1:change-me-change-me-change-me-1234567890", "1:" + "ab" * 40])
def test_serve_refuses_weak_keys(key: str) -> None:
    done = run("serve", **{**LEAST, "CONSULTROOM_KEYS": key})
    assert done.returncode == 2
    assert done.stderr.startswith("consultroom serve: CONSULTROOM_KEYS: the secret of key 1 ")
    assert done.stderr.count("\n") == 1


def test_serve_refuses_one_secret_in_two_places() -> None:
    key = LEAST["CONSULTROOM_KEYS"].partition(":")[2]
    done = run("serve", **{**LEAST, "CONSULTROOM_ADMIN_KEY": key})
    assert done.returncode == 2
    assert done.stderr == (
        "consultroom serve: key 1 of CONSULTROOM_KEYS and CONSULTROOM_ADMIN_KEY are the same secret;"
        " each must be its own.\n"
    )


def test_serve_warns_of_what_is_hardly_meant(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from signalling import serve  # noqa: PLC0415 - as the command does

    monkeypatch.setattr(serve, "main", lambda settings: 0)
    for name, text in {**LEAST, "CONSULTROOM_PUBLIC_URL": "http://visits.clinic.org"}.items():
        monkeypatch.setenv(name, text)
    monkeypatch.setenv("CONSULTROOM_TRUSTED_PROXIES", "0.0.0.0/0")
    assert cli.main(["serve"]) == 0
    lines = [each.getMessage().partition(" ")[0] for each in caplog.records]
    assert lines == ["CONSULTROOM_PUBLIC_URL", "CONSULTROOM_TRUSTED_PROXIES"]


def test_a_new_key_is_accepted_by_serve(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["keys", "new", "--id", "9"]) == 0
    printed = capsys.readouterr().out.strip()
    [key] = config.load({**LEAST, "CONSULTROOM_KEYS": printed}).keys
    assert (key.id, key.state) == (9, "signing")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nothing"],
        ["keys"],
        ["keys", "new", "--id", "256"],
        ["keys", "new", "--id", "x"],
        ["demo", "--port", "0"],
        ["demo", "--port", "１２"],
    ],
)
def test_wrong_commands_exit_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert "usage: consultroom" in capsys.readouterr().err


def test_openapi_prints_the_document() -> None:
    done = run("openapi", "--url", "https://visits.clinic.org")
    document = json.loads(done.stdout)
    assert document["servers"] == [{"url": "https://visits.clinic.org"}]
    assert "/v1/appointments/{id}" in document["paths"]
    assert "/v1/openapi.json" in document["paths"]
