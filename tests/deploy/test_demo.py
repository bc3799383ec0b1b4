"""H1: the demo as a program and as a person run it, on a real Redis, killed in every way it can be (CONTRACT,
"Starting it")."""

import datetime as dt
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.docs import markdown
from tests.support.demo import ENDS, MEMBERS, RunningDemo, command_line, gone
from tests.support.server import free_port

Start = Callable[..., RunningDemo]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def start(data: Path) -> Iterator[Start]:
    """Starts demos on one folder and leaves none."""
    demos: list[RunningDemo] = []

    def begin(*, port: int | None = None) -> RunningDemo:
        demos.append(RunningDemo(data, port=port))
        return demos[-1]

    yield begin
    for demo in demos:
        demo.leave_nothing()


def window_is_open(demo: RunningDemo) -> bool:
    shown = demo.call("GET", f"/v1/appointments/{demo.said['appointment']}").body
    now = dt.datetime.now(dt.UTC)
    opens_at, closes_at = (
        dt.datetime.fromisoformat(shown["window"][end]) for end in ("opens_at", "closes_at")
    )
    return shown["status"] == "confirmed" and shown["link"]["usable"] and opens_at <= now < closes_at


def test_it_says_one_line_and_ends_when_told(start: Start, data: Path) -> None:
    demo = start().started()
    base_url = f"http://127.0.0.1:{demo.port}"
    assert tuple(demo.said) == MEMBERS
    assert demo.said["base_url"] == base_url
    assert demo.said["patient_link"].startswith(f"{base_url}/j#")
    assert demo.said["practitioner_link"].startswith(f"{base_url}/p#")
    assert demo.said["staff_link"].startswith(f"{base_url}/s#")
    assert demo.said["booking_link"] == f"{base_url}/b/{demo.said['clinic']}"
    assert window_is_open(demo)
    made = demo.call(
        "POST", "/v1/clinics", {"id": "mine", "name": "Mine", "time_zone": "UTC"}, key=demo.said["admin_key"]
    )
    assert made.status == 201

    children = demo.children()
    assert len(children) == 2
    assert demo.stop() == 0
    assert gone(children, 0)
    assert demo.rest_of_stdout() == ""
    assert "Traceback" not in demo.errors.read_text()


def test_secrets_and_data_are_for_their_owner_only(start: Start, data: Path) -> None:
    start().started()
    assert data.stat().st_mode & 0o777 == 0o700
    assert (data / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert (data / "redis").stat().st_mode & 0o777 == 0o700


def test_the_same_data_is_the_same_demo(start: Start) -> None:
    first = start().started()
    booked = {
        "practitioner": first.said["practitioner"],
        "patient": "sam-carter",
        "type": "video-consult",
        "starts_at": "2031-03-03T09:00:00+00:00",
        "ends_at": "2031-03-03T09:30:00+00:00",
    }
    assert first.call("PUT", "/v1/appointments/kept", booked).status == 201
    before = first.call("GET", "/v1/appointments/kept").body
    assert first.stop() == 0

    again = start(port=first.port).started()
    same = [
        name for name in MEMBERS if name not in ("practitioner_link", "staff_link")
    ]  # new grants at each start
    assert {name: again.said[name] for name in same} == {name: first.said[name] for name in same}
    assert again.call("GET", "/v1/appointments/kept").body == before


def test_a_cancelled_visit_is_replaced_at_the_next_start(start: Start) -> None:
    first = start().started()
    visit = f"/v1/appointments/{first.said['appointment']}"
    assert first.call("POST", f"{visit}/cancel", {"by": "staff", "reason": "trying it out"}).status == 200
    first.stop()
    again = start().started()
    assert again.said["appointment"] != first.said["appointment"]
    assert window_is_open(again)


def test_a_visit_about_to_close_is_replaced_beside_it(start: Start) -> None:
    first = start().started()
    assert first.call("PATCH", "/v1/clinic", {"policy": {"closes_after_minutes": 0}}).status == 200
    now = dt.datetime.now(dt.UTC)
    moved = {
        "practitioner": first.said["practitioner"],
        "patient": "sam-carter",
        "type": "video-consult",
        "starts_at": (now - dt.timedelta(minutes=5)).isoformat(),
        "ends_at": (now + dt.timedelta(minutes=5)).isoformat(),
    }
    assert first.call("PUT", f"/v1/appointments/{first.said['appointment']}", moved).status == 200
    first.stop()
    again = start().started()
    assert again.said["appointment"] != first.said["appointment"]
    assert again.said["practitioner"] != first.said["practitioner"]  # who is taken for five more minutes
    assert window_is_open(again)


def test_nothing_outlives_a_killed_demo(start: Start) -> None:
    first = start().started()
    children = first.children()
    first.process.kill()
    first.process.wait()
    assert gone(children, 3)

    again = start(port=first.port).started()
    assert again.said["appointment"] == first.said["appointment"]
    children = again.children()
    again.signal_group(signal.SIGKILL)
    again.process.wait()
    assert gone(children, 3)
    assert start(port=first.port).started().said["api_key"] == first.said["api_key"]


def test_redis_comes_back_on_the_same_data(start: Start) -> None:
    demo = start().started()
    assert demo.call("PUT", "/v1/patients/kept", {"name": "Kim"}).status == 201
    os.kill(demo.child("redis"), signal.SIGKILL)
    _eventually(lambda: demo.call("GET", "/v1/patients/kept").body.get("name") == "Kim")
    assert "Redis ended; starting it again" in demo.errors.read_text()


def test_the_server_comes_back(start: Start) -> None:
    demo = start().started()
    os.kill(demo.child("signalling"), signal.SIGKILL)
    _eventually(lambda: window_is_open(demo))
    assert "The server ended; starting it again" in demo.errors.read_text()


@pytest.mark.parametrize("after", [0.0, 0.3, 0.6, 1.0])
def test_told_to_end_while_starting_it_ends(start: Start, after: float) -> None:
    demo = start()
    time.sleep(after)
    children = demo.children()
    began = time.monotonic()
    demo.signal_group(signal.SIGTERM)
    demo.process.wait(ENDS)
    assert gone(children, 1)
    assert time.monotonic() - began < ENDS


def test_a_second_demo_on_the_same_data_is_refused(start: Start) -> None:
    start().started()
    second = start()
    assert second.process.wait(10) == 2
    assert "already running" in second.errors.read_text()
    assert second.rest_of_stdout() == ""


def test_a_taken_port_is_refused_in_a_sentence(start: Start, tmp_path: Path) -> None:
    first = start().started()
    other = RunningDemo(tmp_path / "other", port=first.port)
    assert other.process.wait(10) == 2
    assert other.errors.read_text() == (
        f"consultroom demo: Port {first.port} is taken; stop what uses it or give another --port.\n"
    )
    assert other.rest_of_stdout() == ""
    other.leave_nothing()


def test_a_path_too_long_for_a_socket_will_do(tmp_path: Path) -> None:
    demo = RunningDemo(tmp_path / ("long" * 25) / "er")
    try:
        assert window_is_open(demo.started())
    finally:
        demo.leave_nothing()


def test_without_redis_the_one_in_the_wheel_serves_and_its_data_moves(tmp_path: Path) -> None:
    first = RunningDemo(tmp_path / "data", path="/nowhere")
    again = None
    try:
        assert "valkey-server" in command_line(first.started().child("redis.sock"))
        assert first.stop() == 0
        again = RunningDemo(tmp_path / "data").started()
        assert "redis-server" in command_line(again.child("redis.sock"))
        assert again.said["api_key"] == first.said["api_key"]
        assert again.said["appointment"] == first.said["appointment"]
    finally:
        for demo in filter(None, (first, again)):
            demo.leave_nothing()


def test_a_person_is_told_what_to_open_and_how_to_stop(data: Path) -> None:
    command = [sys.executable, "-m", "signalling", "demo", "--data", str(data), "--port", str(free_port())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        lines: list[str] = []
        while not lines or "Ctrl-C" not in lines[-1]:
            lines.append(process.stdout.readline())
            assert lines[-1], lines
        process.send_signal(signal.SIGINT)
        assert process.wait(ENDS) == 0
    text = "".join(lines)
    for words in ("/j#", "/p#", "/s#", "/b/demo", "API key", "Booking page", "Ctrl-C"):
        assert words in text


def test_the_documented_first_call_works_when_pasted(start: Start) -> None:
    demo = start().started()
    [block] = re.findall(
        r"## A first call\n.*?```sh\n(.*?)```", markdown.text("signalling/README.md"), re.DOTALL
    )
    pasted = re.sub(r"^BASE=.*$", f"BASE={demo.said['base_url']}", block, flags=re.MULTILINE)
    pasted = re.sub(r"^KEY=.*$", f"KEY={demo.said['api_key']}", pasted, flags=re.MULTILINE)
    done = subprocess.run(["sh", "-euc", pasted], capture_output=True, text=True, timeout=30, check=True)
    assert f'"link":"{demo.said["base_url"]}/j#' in done.stdout
    assert '"code"' not in done.stdout


def _eventually(true: Callable[[], bool], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            if true():
                return
        except (OSError, KeyError):
            pass  # nobody listens yet, or an answer says that Redis is away
        assert time.monotonic() < deadline
        time.sleep(0.1)
