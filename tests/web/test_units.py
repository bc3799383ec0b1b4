"""The pages' modules without a browser, by Node's own test runner."""

import subprocess
from pathlib import Path

UNIT = Path(__file__).with_name("unit")


def test_the_pages_modules() -> None:
    files = sorted(map(str, UNIT.glob("*.test.js")))
    assert files
    run = subprocess.run(["node", "--test", *files], check=False, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
