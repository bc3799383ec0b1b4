"""What every socket of this process shares."""

from collections.abc import Callable
from dataclasses import dataclass

from rooms.service.live.commands import Visits
from rooms.service.live.device_check import DeviceChecks
from rooms.times import Instant
from signalling.config import Settings
from signalling.connections import Connections
from signalling.ice.echo import Echo
from signalling.ice.servers import IceServers
from signalling.limits import PerMinute
from signalling.metrics import Metrics
from signalling.ws.disconnects import Disconnects
from signalling.ws.heartbeat import Heartbeat
from signalling.ws.rate_limits import LinkRateLimits
from signalling.ws.send_queue import Flusher
from signalling.ws.session_registry import SessionRegistry


@dataclass(frozen=True)
class Context:
    """`clock` answers milliseconds UTC; `refused` counts refused tokens by address."""

    settings: Settings
    visits: Visits
    registry: SessionRegistry
    flusher: Flusher
    disconnects: Disconnects
    heartbeat: Heartbeat
    ice: IceServers
    metrics: Metrics
    refused: PerMinute
    clock: Callable[[], Instant]
    origin: str
    """The only Origin a socket is accepted from."""
    checks: DeviceChecks
    echo: Echo
    links: LinkRateLimits
    connections: Connections
