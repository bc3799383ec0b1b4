"""The only wiring: which store, which services, which routes and jobs make one process."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from functools import partial
from urllib.parse import urlsplit

from aiohttp import web

from rooms.access.tokens import Keyring
from rooms.errors import Unavailable
from rooms.ports import Store
from rooms.post import Post
from rooms.service.addresses import Addresses
from rooms.service.appointments import Appointments
from rooms.service.bundle import Bundle
from rooms.service.by_contact import ByContact
from rooms.service.checking import Checks
from rooms.service.clinics import Clinics
from rooms.service.diagnosing import Diagnosing
from rooms.service.endings import Endings
from rooms.service.erasure import Erasure
from rooms.service.external import Databases, ExternalAppointments
from rooms.service.guests import Guests
from rooms.service.holding import Holds
from rooms.service.hooks import Hooks
from rooms.service.hours import Availability
from rooms.service.keeping import Keeping
from rooms.service.links import Links
from rooms.service.moving import Moves
from rooms.service.offering import Offering
from rooms.service.onward import Onward
from rooms.service.outcomes import Outcomes
from rooms.service.people import AppointmentTypes, Patients, Practitioners
from rooms.service.posting import Posting
from rooms.service.roster import Roster
from rooms.service.settling import ByHand
from rooms.service.standing import Standing
from rooms.service.visits import Visits
from rooms.times import SECOND
from signalling import http, keyfile
from signalling.clock import StoreClock
from signalling.config import CONNECTIONS_PER_ADDRESS, Settings, check_secrets
from signalling.connections import Connections
from signalling.http import HttpDeps
from signalling.http.server import CONNECTIONS
from signalling.ice.echo import Echo
from signalling.ice.servers import IceServers
from signalling.jobs import closing, reaping, rekeying
from signalling.jobs import errands as errands_job
from signalling.jobs.carrier import Carrier
from signalling.jobs.closing import Closing
from signalling.jobs.errands import Errands
from signalling.jobs.every import every
from signalling.jobs.health import BEAT_EVERY, Health
from signalling.jobs.later import Later
from signalling.jobs.reaping import Reaping
from signalling.jobs.rekeying import Rekeying
from signalling.limits import PerMinute
from signalling.metrics import Metrics
from signalling.outbound.mail import MailSender
from signalling.outbound.names import Names
from signalling.outbound.signing import new_secret
from signalling.outbound.webhook import WebhookSender
from signalling.ws import endpoint
from signalling.ws import heartbeat as heartbeat_of
from signalling.ws.context import Context
from signalling.ws.disconnects import Disconnects
from signalling.ws.floor_lock import FloorLocks
from signalling.ws.floor_restore import FloorRestore
from signalling.ws.heartbeat import Heartbeat
from signalling.ws.node_bus import NodeBus
from signalling.ws.rate_limits import LinkRateLimits
from signalling.ws.send_queue import Flusher
from signalling.ws.session_registry import SessionRegistry
from signalling.ws.upkeep import Upkeep

DRAIN_SECONDS = 5.0
"""How long a stopping process waits for its clients to take their close; they come back elsewhere within a
second.
"""

STRANGERS_PER_MINUTE = 60
"""Calls of one address on the network that prove nothing: a family's, or a ward's, and no guesser's (A8)."""

VISITORS_PER_MINUTE = 300
"""Calls of the public booking page from one address on the network: a practice's waiting room behind one
router, and no crawler (C2)."""

MAIL_SECONDS = 20.0
"""For one whole talk with the relay: less than a lane is kept from other processes (`jobs.errands.TAKEN`)."""

UPKEEP_EVERY = 1.0
"""Seconds between looks at every socket."""

RENEW_EVERY = 0.25
"""Seconds between renewals of what was heard: what a crash may cut off the end of an interval."""

SWEEP_EVERY = 60.0
"""Seconds between rebuilds of the hints across clinics; they only matter after data was lost."""


def origin(public_url: str) -> str:
    """What a browser sends as Origin from the public URL's pages (RFC 6454)."""
    parts = urlsplit(public_url)
    return f"{parts.scheme}://{parts.netloc}"


def _mail(settings: Settings, clock: StoreClock, names: Names) -> MailSender | None:
    """The settings come together or not at all (`signalling.config`)."""
    if settings.smtp_url is None or settings.mail_from is None:
        return None
    return MailSender(settings.smtp_url, settings.mail_from, seconds=MAIL_SECONDS, clock=clock, names=names)


def _connections(settings: Settings, metrics: Metrics) -> Connections:
    """Loopback is nobody's address as long as nothing was said: a proxy may be there that nobody named."""
    most = settings.connections_per_address
    said = most != CONNECTIONS_PER_ADDRESS
    return Connections(metrics, most, most if said else None, settings.trusted_proxies)


def build(
    settings: Settings, store: Store, post: Post, *, clock: StoreClock, names: Names | None = None
) -> web.Application:
    """One process's application. Its jobs run while it does. `clock` is measured first and with each beat.
    `names` looks up whom it calls; None: its own.
    """
    names = names or Names()
    node = secrets.token_urlsafe(6)
    lease = round(settings.lease_seconds * SECOND)
    keys, metrics = Keyring(keyfile.signing_keys(settings.keys)), Metrics()
    metrics.show_keys((key.id, key.state) for key in keys.keys)
    ice = IceServers(settings.turn_urls, settings.turn_secret, settings.turn_seconds)
    node_bus = NodeBus(post, node, metrics)
    registry = SessionRegistry(Roster(store), ice, node_bus, clock)
    outcomes = Outcomes(store)
    health = Health(store, metrics, clock)
    link_limits, since = LinkRateLimits(), health.serving_since
    visits = Visits(
        store, registry, keys, node, lease, outcomes.late_try, FloorLocks(), since, limit=link_limits.hello
    )
    echo = Echo(ice, settings.echo_calls, settings.echo_addresses, metrics, clock)
    endings = Endings(store, registry, lease)
    disconnects, heartbeat = Disconnects(registry, visits, clock), Heartbeat(registry, metrics, lease, clock)
    floor_restore = FloorRestore(registry, visits, clock)
    upkeep = Upkeep(registry, store, metrics, lease, clock, heartbeat, floor_restore.restore)
    refused = PerMinute(settings.refused_tokens_per_minute)
    appointments, patients = Appointments(store, registry), Patients(store)
    links, later = Links(store, keys, settings.public_url), Later()
    mailer = _mail(settings, clock, names)
    posting = Posting(store, keys, settings.public_url, mail=mailer is not None)
    carrier = Carrier(WebhookSender(settings.webhook_allow, resolver=names), mailer, settings.public_url)
    errands = Errands(store, posting, carrier, health, metrics, clock)
    connections = _connections(settings, metrics)
    app = web.Application()
    app[CONNECTIONS] = connections
    http.setup(
        app,
        HttpDeps(
            settings=settings,
            keyring=keys,
            clock=clock,
            clinics=Clinics(store),
            practitioners=Practitioners(store),
            types=AppointmentTypes(store),
            patients=patients,
            erasure=Erasure(store, registry),
            appointments=appointments,
            links=links,
            guests=Guests(store, registry, links),
            outcomes=outcomes,
            diagnosing=Diagnosing(store),
            standing=Standing(store, registry),
            onward=Onward(store, keys),
            by_contact=ByContact(store),
            addresses=Addresses(store, keys, links),
            databases=Databases(store),
            external=ExternalAppointments(store, appointments, patients),
            offering=Offering(store),
            holds=Holds(store, registry),
            keeping=Keeping(store, registry),
            availability=Availability(store),
            moves=Moves(store, registry, appointments),
            by_hand=ByHand(store),
            hooks=Hooks(store, new_secret),
            bundle=Bundle(store, outcomes),
            later=later.do,
            store=store,
            ready=health.why_not_ready,
            refused=refused,
            visitors=PerMinute(VISITORS_PER_MINUTE),
            strangers=PerMinute(STRANGERS_PER_MINUTE),
            metrics=metrics,
        ),
    )
    context = Context(
        settings,
        visits,
        registry,
        Flusher(),
        disconnects,
        heartbeat,
        ice,
        metrics,
        refused,
        clock,
        origin(settings.public_url),
        Checks(store, registry, visits.tries),
        echo,
        link_limits,
        connections,
    )
    endpoint.setup(app, context)
    jobs: list[tuple[float, str, Callable[[], Awaitable[object]]]] = [
        (BEAT_EVERY, "beat", health.beat),
        (heartbeat_of.PINGS_CHECKED_EVERY, "pings", upkeep.send_pings),
        (UPKEEP_EVERY, "pulse", upkeep.sweep_sockets),
        (UPKEEP_EVERY, "floors", upkeep.refresh_floors),
        (RENEW_EVERY, "renewal", upkeep.renew_leases),
        (UPKEEP_EVERY, "drops", disconnects.pay),
        (UPKEEP_EVERY, "mail beat", node_bus.probe),
        (UPKEEP_EVERY, "mail", partial(node_bus.read, registry.receive)),
        (closing.EVERY, "closing", Closing(store, endings, outcomes, health, metrics, clock).run),
        (reaping.EVERY, "reaping", Reaping(store, endings, health, lease, clock, heartbeat.keeps).run),
        (errands_job.EVERY, "errands", errands.run),
        (SWEEP_EVERY, "sweep", store.sweep),
    ]
    if settings.keys_file is not None:
        check = partial(check_secrets, settings)
        rekeying_job = Rekeying(settings.keys_file, keys, metrics, time.monotonic, check)
        jobs.append((rekeying.EVERY, "keys", rekeying_job.run))

    health.on_loss, registry.on_loss = floor_restore.restore_all, floor_restore.restore
    clock.followers += [registry.clock_stepped, disconnects.clock_stepped]

    async def run_jobs(_: web.Application) -> AsyncIterator[None]:
        with suppress(Unavailable):  # then the beat measures it, and until then this process is not ready
            await clock.start(store.time)
        tasks = [asyncio.create_task(every(*job), name=f"job {job[1]}") for job in jobs]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await echo.close()
        await later.finish()
        await errands.close()
        await names.close()

    async def drain(_: web.Application) -> None:
        health.stopping = True
        await disconnects.drain(DRAIN_SECONDS)

    app.cleanup_ctx.append(run_jobs)
    app.on_shutdown.append(drain)
    return app
