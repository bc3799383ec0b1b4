"""`consultroom serve`: one production process, from its settings to its exit code."""

import asyncio
import contextlib
import gc
import logging
import signal

import uvloop
from aiohttp import web

from rooms.errors import Unavailable
from rooms.ports import Store
from rooms.store import connect, connect_pubsub
from signalling.app import build
from signalling.clock import StoreClock
from signalling.config import Settings, SettingsError
from signalling.connections import raise_file_limit
from signalling.http.server import CONNECTIONS, HttpRunner
from signalling.jobs.health import UNSAFE_REDIS
from signalling.outbound.host_resolver import HostResolver

log = logging.getLogger("consultroom")

SHUTDOWN_SECONDS = 1.0
"""For requests under way, after the sockets were drained; aiohttp waits twice. CONTRACT: ends within 10 s of
SIGTERM.
"""

LISTEN_BACKLOG = 1024
"""Connections the kernel may hold while the loop is busy: a stampede after a restart."""


def main(settings: Settings, clock: StoreClock | None = None) -> int:
    """Serve until SIGTERM or SIGINT; 0 after a clean end, 1 where the port is taken. `clock`: for tests that
    set the machine's. Raises `SettingsError` where Redis does not keep what it acknowledges.
    """
    return uvloop.run(_serve(settings, clock or StoreClock()))


async def _serve(settings: Settings, clock: StoreClock) -> int:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with contextlib.AsyncExitStack() as closing:
        resolver = HostResolver()
        closing.push_async_callback(resolver.close)
        store = connect(settings.redis_url, resolver.addresses)
        closing.push_async_callback(store.close)
        post = connect_pubsub(settings.redis_url, resolver.addresses)
        closing.push_async_callback(post.close)
        if wrong := await _unsafe(store):
            raise SettingsError(wrong)
        app = build(settings, store, post, clock=clock, resolver=resolver)
        app[CONNECTIONS].limit_to(raise_file_limit())
        asyncio.get_running_loop().set_exception_handler(app[CONNECTIONS].on_loop_error)
        runner = HttpRunner(app, shutdown_timeout=SHUTDOWN_SECONDS)
        closing.push_async_callback(runner.cleanup)
        await runner.setup()
        try:
            await web.TCPSite(runner, settings.host, settings.port, backlog=LISTEN_BACKLOG).start()
        except OSError as error:
            log.error("cannot listen on %s port %d: %s", settings.host, settings.port, error.strerror)
            return 1
        _settle_memory()
        log.info("serving on %s port %d", settings.host, settings.port)
        await stop.wait()
        return 0


async def _unsafe(store: Store) -> str | None:
    """What is wrong with this Redis, as a sentence. One that cannot be reached yet is judged by the beat,
    which also says where it does not tell.
    """
    try:
        unsafe = await store.unsafe()
    except Unavailable:
        return None
    return None if unsafe in (None, "unknown") else UNSAFE_REDIS[unsafe]


def _settle_memory() -> None:
    """What was imported lives as long as the process: the collector need not walk it with every session. And
    it comes by less often: frames leave no cycles behind.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
