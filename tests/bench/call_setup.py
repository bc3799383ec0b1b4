"""`python -m tests.bench.call_setup`: how long from the click on Join to the other's picture, and where it
goes, with two real Chromium contexts on a real server. The practitioner is in the lobby and admits at once.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import msgspec

from tests.browser.visit import Visit
from tests.support import chromium
from tests.support.server import RunningServer

CALLS = 30

WATCH = Path(__file__).with_name("watch_call.js").read_text()
"""Notes when things happen in a page, in milliseconds since 1970 by a clock both pages share."""

Marks = dict[str, float]

PARTS: tuple[tuple[str, str, str], ...] = (
    ("Join to welcome", "join", "welcome"),
    ("welcome to admitted (the practitioner)", "welcome", "admitted"),
    ("admitted to the end of the notice (2 s, D4)", "admitted", "peer"),
    ("end of the notice to offer and answer", "peer", "answer"),
    ("answer to ICE connected", "answer", "ice"),
    ("ICE connected to DTLS connected", "ice", "connected"),
    ("connected to the first frame", "connected", "frame"),
)
"""The patient's way, from mark to mark."""


class Row(msgspec.Struct, frozen=True):
    """One figure over all calls, in milliseconds."""

    name: str
    p50: float
    p90: float


def row(name: str, figures: Sequence[float]) -> Row:
    ordered = sorted(figures)
    return Row(name, median(ordered), ordered[min(len(ordered) - 1, round(0.9 * (len(ordered) - 1)))])


def rows(calls: Sequence[tuple[Marks, Marks]]) -> tuple[Row, ...]:
    """From the marks of patient and practitioner in each call."""

    def parts(first: str, last: str) -> list[float]:
        return [patient[last] - patient[first] for patient, _ in calls]

    admit = [(practitioner["admit"], patient, practitioner) for patient, practitioner in calls]
    return (
        row("Join to picture, the patient's", parts("join", "frame")),
        *(row(f"  {name}", parts(first, last)) for name, first, last in PARTS),
        row("Admit to picture, the patient's", [patient["frame"] - at for at, patient, _ in admit]),
        row("Admit to picture, the practitioner's", [host["frame"] - at for at, _, host in admit]),
        row("  Admit to own devices open", [host["devices"] - at for at, _, host in admit]),
    )


async def call(visit: Visit) -> tuple[Marks, Marks]:
    """One call, from the closed page to both pictures; then it is ended."""
    for person in (visit.patient, visit.practitioner):
        await person.page.evaluate("globalThis.marks = {}")
    await visit.patient.page.goto("about:blank")
    await visit.patient.open("j", visit.patient_token)
    await visit.patient.click("#join")
    await visit.practitioner.click(".queue button:enabled")
    for person in (visit.patient, visit.practitioner):
        await person.until("globalThis.marks.frame !== undefined")
    found: list[Marks] = [
        await person.page.evaluate("globalThis.marks") for person in (visit.patient, visit.practitioner)
    ]
    await visit.practitioner.click("#end")
    await visit.practitioner.sees(".lobby", "Nobody is waiting.")
    await visit.patient.sees("h1", "Your visit has ended")
    return found[0], found[1]


async def bench(count: int) -> tuple[Row, ...]:
    """So many calls, one after the other; a first one warms everything up and does not count."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, RunningServer(Path(folder)) as server:
        async with chromium.launched() as browser, Visit.on(server, browser, WATCH) as visit:
            await visit.practitioner_comes()
            calls = [await call(visit) for _ in range(count + 1)]
    return rows(calls[1:])


def text(found: Sequence[Row]) -> str:
    """As a table, in milliseconds."""
    lines = [f"{'ms':<50}{'p50':>8}{'p90':>8}"]
    lines += [f"{each.name:<50}{each.p50:>8.0f}{each.p90:>8.0f}" for each in found]
    return "\n".join([*lines, ""])


def main() -> int:
    """0 and the table on stdout."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.call_setup", description=__doc__)
    parser.add_argument("--calls", type=int, default=CALLS, help=f"how many ({CALLS})")
    sys.stdout.write(text(asyncio.run(bench(parser.parse_args().calls))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
