"""`consultroom why`, asked of a real server (B3)."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest_asyncio

from signalling.demo import state
from tests.support.api import Clinic
from tests.support.server import RunningServer

Ask = Callable[..., subprocess.CompletedProcess[str]]


@pytest_asyncio.fixture
async def clinic(server: RunningServer) -> Clinic:
    async with aiohttp.ClientSession() as session:
        opened = await Clinic.opened(server.base_url, server.admin_key, session)
        await opened.api.put("/v1/practitioners/dr2", name="Dr Amber Hale", video_enabled=False)
        await opened.book("good", starts=3600)
        await opened.book("bad", practitioner="dr2", starts=3600)
        return opened


def ask(clinic: Clinic, *arguments: str, key: str | None = None) -> subprocess.CompletedProcess[str]:
    server = ["--url", clinic.api.base_url, "--key", key or clinic.api.key]
    return run(*arguments, *server)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "signalling", "why", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


async def test_a_usable_link(clinic: Clinic) -> None:
    said = ask(clinic, "good")
    assert (said.returncode, said.stderr) == (0, "")
    assert "The link is usable." in said.stdout


async def test_what_keeps_it_back_and_who_can_put_it_right(clinic: Clinic) -> None:
    said = ask(clinic, "bad")
    assert said.returncode == 1
    assert "There is no usable link:" in said.stdout
    assert "✗ practitioner_not_video_enabled: Video is not switched on" in said.stdout
    assert "(clinic: /v1/practitioners/dr2)" in said.stdout
    assert json.loads(ask(clinic, "bad", "--json").stdout)["items"][0]["usable"] is False


async def test_by_a_practitioners_name_and_a_time_as_a_caller_gives_them(clinic: Clinic) -> None:
    starts_at = (await ask_api(clinic))["starts_at"]
    said = ask(clinic, "hale", starts_at)
    assert (said.returncode, said.stdout.split()[0]) == (1, "bad")
    for wrong, code in (
        (("nobody", starts_at), "practitioner_unknown"),
        (("hale", "2026-10-04 02:30"), "time_nonexistent"),
        (("hale", "2027-04-04 02:30"), "time_ambiguous"),
        (("hale", "tomorrow at ten"), "time_invalid"),
        (("hale", "2031-01-01 10:00"), "no appointment"),
    ):
        said = ask(clinic, *wrong)
        assert said.returncode == 2
        assert code in said.stderr


async def ask_api(clinic: Clinic) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {clinic.api.key}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.get(f"{clinic.api.base_url}/v1/appointments/bad") as answer,
    ):
        found: dict[str, str] = await answer.json()
        return found


async def test_what_cannot_be_asked(clinic: Clinic, tmp_path: Path) -> None:
    assert "not_found" in ask(clinic, "nothing").stderr
    assert "unauthenticated" in ask(clinic, "good", key="guess").stderr
    assert "cannot be reached" in run("good", "--url", "http://127.0.0.1:9", "--key", "x").stderr
    nowhere = run("good", "--data", str(tmp_path))
    assert nowhere.returncode == 2
    assert "give --url and --key" in nowhere.stderr


async def test_the_demo_of_this_folder_is_asked_without_a_word(clinic: Clinic, tmp_path: Path) -> None:
    known = state.fresh()
    known.api_key, known.base_url = clinic.api.key, clinic.api.base_url
    state.save(tmp_path / "secrets.json", known)
    assert run("good", "--data", str(tmp_path)).returncode == 0
    (tmp_path / "secrets.json").write_text("{")
    assert "cannot be read" in run("good", "--data", str(tmp_path)).stderr
