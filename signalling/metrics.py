"""What operators may watch (H3). No label ever carries a person, a clinic, an address or an id (RELIABILITY
7.1).
"""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Buckets around what a person notices: 0.1 s is at once, 1 s is a pause."""

JOB_LAG_BUCKETS = (0.1, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 300.0)
"""An outcome is due within 3 s of the window's close (CONTRACT)."""


class Metrics:
    """One process's metrics, in a registry of their own, so that two applications in one test do not share
    counts.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._http()
        self._visits()
        self._connections()
        self._signing()
        self._behind()
        self._outgoing()
        self._echo()

    def _http(self) -> None:
        self.requests = Counter(
            "consultroom_http_requests",
            "HTTP requests by route, method and status.",
            ["route", "method", "status"],
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "consultroom_http_request_seconds",
            "Time to answer an HTTP request, by route.",
            ["route"],
            buckets=REQUEST_BUCKETS,
            registry=self.registry,
        )

    def _visits(self) -> None:
        self.joins = Counter(
            "consultroom_joins",
            "Hellos by signing key, where one is proven, and result: joined, resumed or a refusal's code.",
            ["key", "result"],
            registry=self.registry,
        )
        self.sessions = Gauge(
            "consultroom_sessions",
            "Sessions whose socket is on this process, by state.",
            ["state"],
            registry=self.registry,
        )
        self.relayed = Counter(
            "consultroom_relayed_messages", "Messages passed between two people.", registry=self.registry
        )

    def _connections(self) -> None:
        self.connections_refused = Counter(
            "consultroom_connections_refused",
            "Connections this process would not have, by why: flood, address, full, accept.",
            ["why"],
            registry=self.registry,
        )

    def _signing(self) -> None:
        self.keys = Gauge(
            "consultroom_keys",
            "1 for every key of this process, with its state (A3).",
            ["key", "state"],
            registry=self.registry,
        )
        self.keys_stale = Gauge(
            "consultroom_keys_stale",
            "1 while the keys file is not what this process uses, because it cannot be read or is wrong.",
            registry=self.registry,
        )

    def show_keys(self, states: Iterable[tuple[int, str]]) -> None:
        """The ids and states of the keys in use, instead of those before."""
        self.keys.clear()
        for key, state in states:
            self.keys.labels(key=str(key), state=state).set(1)

    def _behind(self) -> None:
        self.redis_errors = Counter(
            "consultroom_redis_errors",
            "Redis calls that failed, by what they were for: http, socket, job.",
            ["kind"],
            registry=self.registry,
        )
        self.clock_offset = Gauge(
            "consultroom_clock_offset_seconds",
            "Seconds by which this machine's clock is ahead of Redis's, which is kept to; negative: behind.",
            registry=self.registry,
        )
        self.losses = Counter(
            "consultroom_data_losses",
            "How often Redis came back without something it had acknowledged to this process.",
            registry=self.registry,
        )
        self.node_messages_skipped = Counter(
            "consultroom_node_messages_skipped",
            "Messages from another process that were passed over, because another version of it wrote them.",
            registry=self.registry,
        )
        self.outcomes = Counter(
            "consultroom_outcomes", "Outcomes decided, by name (F3).", ["outcome"], registry=self.registry
        )
        self.job_lag = Histogram(
            "consultroom_job_lag_seconds",
            "How long after it was due a job was done.",
            ["job"],
            buckets=JOB_LAG_BUCKETS,
            registry=self.registry,
        )

    def _outgoing(self) -> None:
        self.messages = Counter(
            "consultroom_messages",
            "Attempts to send a message, by target (webhook, mail) and how it went: delivered, or why not.",
            ["target", "result"],
            registry=self.registry,
        )
        self.webhooks_backing_off = Gauge(
            "consultroom_webhooks_backing_off",
            "Webhooks whose receivers hung twice in a row and are backed off from, as this process sees it.",
            registry=self.registry,
        )

    def _echo(self) -> None:
        self._echo_calls = Counter(
            "consultroom_echo_calls",
            "Echo calls of device checks, by how they ended: ended, limit, idle, failed, died (E4).",
            ["result"],
            registry=self.registry,
        )
        self._echo_refused = Counter(
            "consultroom_echo_refused",
            "Device checks that got no echo call, by why: echo_busy, echo_unavailable.",
            ["code"],
            registry=self.registry,
        )
        self._echo_seconds = Counter(
            "consultroom_echo_seconds", "Seconds of echo calls.", registry=self.registry
        )
        self._echo_cpu = Counter(
            "consultroom_echo_cpu_seconds", "CPU seconds the echo peer has used.", registry=self.registry
        )

    def echo_ended(self, result: str, seconds: float) -> None:
        """A call is over."""
        self._echo_calls.labels(result=result).inc()
        self._echo_seconds.inc(seconds)

    def echo_refused(self, code: str) -> None:
        """There was none to be had."""
        self._echo_refused.labels(code=code).inc()

    def echo_worked(self, seconds: float) -> None:
        """CPU time of the child."""
        self._echo_cpu.inc(seconds)

    def text(self) -> bytes:
        """Everything in Prometheus' text format, version 0.0.4."""
        return generate_latest(self.registry)
