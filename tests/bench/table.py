"""One table: min and median of the runs of each server, and their ratio."""

from collections.abc import Callable, Sequence
from statistics import median

import msgspec

from tests.bench.measure import Idle, Options, Run


class Row(msgspec.Struct, frozen=True):
    """One figure. `ratio` is ours/bare of the medians; None where bare has no such thing."""

    name: str
    unit: str
    ours_min: float
    ours_median: float
    bare_min: float | None = None
    bare_median: float | None = None
    ratio: float | None = None
    goal: str = ""


class Report(msgspec.Struct, frozen=True):
    """Everything one invocation found."""

    options: Options
    rows: tuple[Row, ...]


class Table:
    """The runs of both, from which rows are made."""

    def __init__(self, ours: Sequence[Run], bare: Sequence[Run]) -> None:
        self._ours, self._bare = ours, bare

    def both(self, name: str, unit: str, pick: Callable[[Run], float], goal: str = "") -> Row:
        """A figure both have."""
        return row(name, unit, [pick(run) for run in self._ours], [pick(run) for run in self._bare], goal)

    def only_ours(self, name: str, unit: str, pick: Callable[[Run], float]) -> Row:
        """A figure of something the bare relay does not do."""
        return row(name, unit, [pick(run) for run in self._ours])


def row(name: str, unit: str, ours: Sequence[float], bare: Sequence[float] = (), goal: str = "") -> Row:
    """One row from the figures of each run."""
    if not bare:
        return Row(name, unit, min(ours), median(ours), goal=goal)
    middle = median(ours), median(bare)
    return Row(name, unit, min(ours), middle[0], min(bare), middle[1], middle[0] / middle[1], goal)


def report(options: Options, ours: Sequence[Run], bare: Sequence[Run], idle: tuple[Idle, Idle]) -> Report:
    """The table's rows, from the runs of each and the idle connections of both (ours, bare)."""
    rate = f"{options.rate:,.0f}/s"
    table = Table(ours, bare)
    both, only_ours = table.both, table.only_ours
    rows = (
        both("CPU per message, saturated", "µs", lambda run: run.message, "≤ 1.25 × bare"),
        both("CPU per message, in bursts", "µs", lambda run: run.burst_message),
        both(f"CPU per message, {rate}", "µs", lambda run: run.paced_message),
        both("CPU per join", "µs", lambda run: run.join + run.join_redis, "≤ 1.9 × bare (PeerServer's)"),
        both("  of it the server's", "µs", lambda run: run.join),
        only_ours("  of it Redis's", "µs", lambda run: run.join_redis),
        only_ours("CPU per admission", "µs", lambda run: run.admit + run.admit_redis),
        only_ours("  of it the server's", "µs", lambda run: run.admit),
        only_ours("  of it Redis's", "µs", lambda run: run.admit_redis),
        both(f"latency p50, {rate}", "ms", lambda run: run.paced.p50),
        both(f"latency p99, {rate}", "ms", lambda run: run.paced.p99, "≤ 10 ms"),
        both("latency p50, saturated", "ms", lambda run: run.saturated.p50),
        both("latency p99, saturated", "ms", lambda run: run.saturated.p99),
        both("messages relayed, saturated", "1/s", lambda run: run.throughput),
        row("memory per idle connection", "KB", [idle[0].kb], [idle[1].kb], "≤ 24 KB"),
        row("CPU per idle connection", "µs/s", [idle[0].cpu]),
    )
    return Report(options, rows)


def text(found: Report) -> str:
    """The table for a terminal."""
    o = found.options
    head = (
        f"{o.calls} calls, {o.runs} runs in turn, {o.rounds} x 32 messages a call, {o.idle} idle sockets\n"
        f"{'':29}{'unit':>5}{'ours min':>11}{'median':>10}{'bare min':>11}{'median':>10}{'ratio':>8}  goal\n"
    )
    return head + "\n".join(line(row) for row in found.rows) + "\n"


def line(row: Row) -> str:
    """One row of it."""
    ours = f"{number(row.ours_min):>11}{number(row.ours_median):>10}"
    bare = f"{number(row.bare_min):>11}{number(row.bare_median):>10}"
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    return f"{row.name:29}{row.unit:>5}{ours}{bare}{ratio:>8}  {row.goal}".rstrip()


def number(value: float | None) -> str:
    """Three figures or so, and nothing for nothing."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
