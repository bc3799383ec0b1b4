"""What every socket of this process shares."""

from collections.abc import Callable
from dataclasses import dataclass

from rooms.service.checking import Checks
from rooms.service.visits import Visits
from rooms.times import Instant
from signalling.config import Settings
from signalling.connections import Connections
from signalling.ice.echo import Echo
from signalling.ice.servers import IceServers
from signalling.limits import PerMinute
from signalling.metrics import Metrics
from signalling.ws.allowances import LinkAllowances
from signalling.ws.drops import Drops
from signalling.ws.heartbeat import Heartbeat
from signalling.ws.hub import Hub
from signalling.ws.outbox import Flusher


@dataclass(frozen=True)
class Context:
    """`clock` answers milliseconds UTC; `refused` counts refused tokens by address."""

    settings: Settings
    visits: Visits
    hub: Hub
    flusher: Flusher
    drops: Drops
    heartbeat: Heartbeat
    ice: IceServers
    metrics: Metrics
    refused: PerMinute
    clock: Callable[[], Instant]
    origin: str
    """The only Origin a socket is accepted from."""
    checks: Checks
    echo: Echo
    links: LinkAllowances
    connections: Connections
