"""`git clone`, `./deploy/demo`, and the first page is there (H1). Needs a package index."""

import json
import os
import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest

from tests.support.server import free_port

TOP = Path(__file__).parents[2]


@pytest.mark.fresh
def test_a_fresh_clone_becomes_a_demo(tmp_path: Path) -> None:
    checkout = tmp_path / "a clone"
    subprocess.run(["git", "clone", "--quiet", str(TOP), str(checkout)], check=True)
    command = [
        str(checkout / "deploy/demo"),
        "--json",
        "--port",
        str(free_port()),
        "--data",
        str(tmp_path / "data"),
    ]
    clean = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    demo = subprocess.Popen(
        command, env=clean, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        assert demo.stdout is not None
        said = json.loads(demo.stdout.readline())
        with urllib.request.urlopen(said["patient_link"], timeout=10) as page:
            assert page.status == 200
        os.killpg(demo.pid, signal.SIGTERM)
        assert demo.wait(10) == 0
        assert (
            subprocess.run(
                ["git", "-C", str(checkout), "status", "--short"], capture_output=True, check=True
            ).stdout
            == b""
        )
    finally:
        demo.kill()
        demo.communicate(timeout=10)
