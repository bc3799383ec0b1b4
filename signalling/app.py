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
from rooms.pubsub import PubSub
from rooms.service.administration.clinics import Clinics
from rooms.service.administration.erasure import Erasure
from rooms.service.administration.external import Databases, ExternalAppointments
from rooms.service.administration.people import AppointmentTypes, Patients, Practitioners
from rooms.service.appointments.appointments import Appointments
from rooms.service.appointments.reschedule import Reschedules
from rooms.service.booking.availability import Availability
from rooms.service.booking.confirm_hold import HoldActs
from rooms.service.booking.free_slots import FreeSlots
from rooms.service.booking.holds import Holds
from rooms.service.links.bookmarks import Bookmarks
from rooms.service.links.by_contact import ByContact
from rooms.service.links.diagnosis import Diagnosis
from rooms.service.links.forward import Forward
from rooms.service.links.guests import Guests
from rooms.service.links.issue import Links
from rooms.service.links.staff_acts import StaffActs
from rooms.service.links.support_bundle import SupportBundles
from rooms.service.live.commands import Visits
from rooms.service.live.device_check import DeviceChecks
from rooms.service.live.expiry import Expiry
from rooms.service.live.names import FloorNames
from rooms.service.messages.dispatch import Dispatch
from rooms.service.messages.webhooks import Webhooks
from rooms.service.outcomes.automatic import Outcomes
from rooms.service.outcomes.by_hand import OutcomeByHand
from rooms.times import SECOND
from signalling import http, keyfile
from signalling.clock import StoreClock
from signalling.config import Settings, check_secrets
from signalling.connections import Connections
from signalling.http import HttpDeps
from signalling.http.server import CONNECTIONS
from signalling.ice.echo import Echo
from signalling.ice.servers import IceServers
from signalling.jobs.background_tasks import BackgroundTasks
from signalling.jobs.expiry import EXPIRY_EVERY, LeaseExpiry
from signalling.jobs.health import BEAT_EVERY, Health
from signalling.jobs.key_reload import KEYS_FILE_EVERY, KeyReload
from signalling.jobs.message_sender import MessageSender
from signalling.jobs.periodic import run_periodically
from signalling.jobs.task_runner import TASKS_EVERY, TaskRunner
from signalling.jobs.window_close import WINDOW_CLOSE_EVERY, WindowClose
from signalling.limits import PerMinute
from signalling.metrics import Metrics
from signalling.outbound.host_resolver import HostResolver
from signalling.outbound.mail import MailSender
from signalling.outbound.webhook import WebhookSender
from signalling.outbound.webhook_signature import new_secret
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

RELAY_SECONDS = 20.0
"""For one whole talk with the relay: less than a task is kept from other processes
(`jobs.delivery_queues.TASK_TAKEN_FOR`)."""

UPKEEP_EVERY = 1.0
"""Seconds between looks at every socket."""

LEASES_RENEWED_EVERY = 0.25
"""Seconds between renewals of what was heard: what a crash may cut off the end of an interval."""

HINTS_SWEPT_EVERY = 60.0
"""Seconds between rebuilds of the hints across clinics; they only matter after data was lost."""


def origin(public_url: str) -> str:
    """What a browser sends as Origin from the public URL's pages (RFC 6454)."""
    parts = urlsplit(public_url)
    return f"{parts.scheme}://{parts.netloc}"


def _mail(settings: Settings, clock: StoreClock, resolver: HostResolver) -> MailSender | None:
    """The settings come together or not at all (`signalling.config`)."""
    if settings.smtp_url is None or settings.mail_from is None:
        return None
    return MailSender(settings.smtp_url, settings.mail_from, resolver, seconds=RELAY_SECONDS, clock=clock)


def build(
    settings: Settings, store: Store, post: PubSub, *, clock: StoreClock, resolver: HostResolver
) -> web.Application:
    """One process's application. Its jobs run while it does. `clock` is measured first and with each beat.
    Whoever made `store`, `post` and `resolver`, which looks up whom it calls, closes them after it.
    """
    node = secrets.token_urlsafe(6)
    lease = round(settings.lease_seconds * SECOND)
    keys, metrics = Keyring(keyfile.signing_keys(settings.keys)), Metrics()
    metrics.show_keys((key.id, key.state) for key in keys.keys)
    ice = IceServers(settings.turn_urls, settings.turn_secret, settings.turn_seconds)
    node_bus = NodeBus(post, node, metrics)
    registry = SessionRegistry(FloorNames(store), ice, node_bus, clock)
    outcomes = Outcomes(store)
    health = Health(store, metrics, clock)
    link_limits, since = LinkRateLimits(), health.serving_since
    visits = Visits(
        store,
        registry,
        keys,
        node,
        lease,
        outcomes.late_attempt,
        FloorLocks(),
        since,
        limit=link_limits.hello,
    )
    echo = Echo(ice, settings.echo_calls, settings.echo_addresses, metrics, clock)
    expiry = Expiry(store, registry, lease)
    disconnects, heartbeat = Disconnects(registry, visits, clock), Heartbeat(registry, metrics, lease, clock)
    floor_restore = FloorRestore(registry, visits, clock)
    upkeep = Upkeep(registry, store, metrics, lease, clock, heartbeat, floor_restore.restore)
    refused = PerMinute(settings.refused_tokens_per_minute)
    appointments, patients = Appointments(store, registry), Patients(store)
    links, background = Links(store, keys, settings.public_url), BackgroundTasks()
    mailer = _mail(settings, clock, resolver)
    dispatch = Dispatch(store, keys, settings.public_url, mail=mailer is not None)
    sender = MessageSender(WebhookSender(settings.webhook_allow, resolver), mailer, settings.public_url)
    task_runner = TaskRunner(store, dispatch, sender, health, metrics, clock)
    connections = Connections(metrics, settings.connections_per_address, settings.trusted_proxies)
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
            diagnosis=Diagnosis(store),
            staff_acts=StaffActs(store, registry),
            forward=Forward(store, keys),
            by_contact=ByContact(store),
            bookmarks=Bookmarks(store, keys, links),
            databases=Databases(store),
            external=ExternalAppointments(store, appointments, patients),
            free_slots=FreeSlots(store),
            holds=Holds(store, registry),
            hold_acts=HoldActs(store, registry),
            availability=Availability(store),
            reschedules=Reschedules(store, registry, appointments),
            by_hand=OutcomeByHand(store),
            webhooks=Webhooks(store, new_secret),
            support_bundles=SupportBundles(store, outcomes),
            after_response=background.do,
            store=store,
            ready=health.not_ready_reason,
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
        DeviceChecks(store, registry, visits.attempts),
        echo,
        link_limits,
        connections,
    )
    endpoint.setup(app, context)
    jobs: list[tuple[float, str, Callable[[], Awaitable[object]]]] = [
        (BEAT_EVERY, "beat", health.beat),
        (heartbeat_of.PINGS_CHECKED_EVERY, "pings", upkeep.send_pings),
        (UPKEEP_EVERY, "sockets", upkeep.sweep_sockets),
        (UPKEEP_EVERY, "floors", upkeep.refresh_floors),
        (LEASES_RENEWED_EVERY, "renewal", upkeep.renew_leases),
        (UPKEEP_EVERY, "disconnects", disconnects.pay),
        (UPKEEP_EVERY, "node bus probe", node_bus.probe),
        (UPKEEP_EVERY, "node bus", partial(node_bus.read, registry.receive)),
        (
            WINDOW_CLOSE_EVERY,
            "window close",
            WindowClose(store, expiry, outcomes, health, metrics, clock).run,
        ),
        (
            EXPIRY_EVERY,
            "lease expiry",
            LeaseExpiry(store, expiry, health, lease, clock, heartbeat.keeps).run,
        ),
        (TASKS_EVERY, "tasks", task_runner.run),
        (HINTS_SWEPT_EVERY, "sweep", store.sweep),
    ]
    if settings.keys_file is not None:
        check = partial(check_secrets, settings)
        key_reload_job = KeyReload(settings.keys_file, keys, metrics, time.monotonic, check)
        jobs.append((KEYS_FILE_EVERY, "keys", key_reload_job.run))

    health.on_loss, registry.on_loss = floor_restore.restore_all, floor_restore.restore
    clock.followers += [registry.clock_stepped, disconnects.clock_stepped]

    async def run_jobs(_: web.Application) -> AsyncIterator[None]:
        with suppress(Unavailable):  # then the beat measures it, and until then this process is not ready
            await clock.start(store.time)
        tasks = [asyncio.create_task(run_periodically(*job), name=f"job {job[1]}") for job in jobs]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await echo.close()
        await background.finish()
        await task_runner.close()

    async def drain(_: web.Application) -> None:
        health.stopping = True
        await disconnects.drain(DRAIN_SECONDS)

    app.cleanup_ctx.append(run_jobs)
    app.on_shutdown.append(drain)
    return app
