"""The echo peer of the device check (E4): a process of its own that sends back the sound and the picture it
gets.

`python -m signalling.ice.echo_peer`, started by `signalling.ice.echo` and never imported by the signalling
process: the codecs take 100 MB, and their work must not take the time that signalling needs. It reads JSON
lines from its stdin and answers on its stdout; when its stdin ends, so does it, also after a `kill -9` of the
server.

    {"call": id, "ice": [RTCIceServer, …]}              a call may come
    {"call": id, "data": {description or candidates}}   what the page signals
    {"call": id, "hang_up": true}
    {"call": id, "data": {"description": …}}            (out) the answer, with all candidates in it
    {"call": id, "over": "ended" or "failed"}           (out)
    {"alive": seconds of CPU}                           (out) every two seconds
"""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import aioice.ice
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamTrack
from aiortc.sdp import candidate_from_sdp

log = logging.getLogger("consultroom.echo")

NICENESS = 10
"""Whatever else this machine has to do comes first."""

ALIVE_EVERY = 2.0
"""Seconds."""

GOODBYE_SECONDS = 2.0
"""Seconds to give back relay allocations after stdin has ended."""

MEDIA_SECTIONS = 4
"""Media sections a page of ours offers at most: sound, picture and data, and one to spare."""

EchoMessage = dict[str, Any]
SayToServer = Callable[[EchoMessage], None]


class EchoPeerCall:
    """One page's call: its signals are taken one after the other."""

    def __init__(self, id: str, servers: list[EchoMessage], say: SayToServer) -> None:
        self.id, self._say = id, say
        ice = [RTCIceServer(each["urls"], each.get("username"), each.get("credential")) for each in servers]
        self._pc = RTCPeerConnection(RTCConfiguration(iceServers=ice))
        self._pc.on("track", self._echo)
        self._pc.on("connectionstatechange", self._changed)
        self._signals: asyncio.Queue[EchoMessage | None] = asyncio.Queue()
        self._early: list[EchoMessage | None] = []
        self._echoed: set[str] = set()
        self._answered = False
        self._task = asyncio.create_task(self._run())

    def take(self, data: EchoMessage | None) -> None:
        """A signal; None: hang up."""
        self._signals.put_nowait(data)

    async def over(self) -> None:
        """Hang up and wait until all is given back."""
        self.take(None)
        await asyncio.wait([self._task])

    async def _run(self) -> None:
        reason = "ended"
        try:
            while (data := await self._signals.get()) is not None:
                await self._hear(data)
        except Exception as error:
            # Whatever a stranger's offer did ends this call and no other.
            log.warning("an echo call failed: %s", type(error).__name__)
            reason = "failed"
        finally:
            # Never inside the connection's own handler: its tasks would be destroyed while they are pending.
            await self._pc.close()
            self._say({"call": self.id, "over": reason})

    async def _hear(self, data: EchoMessage) -> None:
        if "description" in data:
            await self._answer(data["description"])
        for candidate in data.get("candidates", [data["candidate"]] if "candidate" in data else []):
            await self._candidate(candidate)

    async def _answer(self, offer: EchoMessage) -> None:
        if offer.get("type") != "offer" or self._answered:
            raise ValueError("one offer makes a call")
        if offer["sdp"].count("\nm=") > MEDIA_SECTIONS:
            raise ValueError("too many media sections")
        self._answered = True
        await self._pc.setRemoteDescription(RTCSessionDescription(offer["sdp"], "offer"))
        await self._pc.setLocalDescription(await self._pc.createAnswer())
        answer = self._pc.localDescription
        self._say({"call": self.id, "data": {"description": {"type": answer.type, "sdp": answer.sdp}}})
        for candidate in self._early:
            await self._candidate(candidate)

    async def _candidate(self, init: EchoMessage | None) -> None:
        """Null and an empty candidate (Firefox) mark the end."""
        if not self._answered:
            self._early.append(init)
            return
        text = (init or {}).get("candidate") or ""
        if not text:
            await self._pc.addIceCandidate(None)
            return
        candidate = candidate_from_sdp(text.removeprefix("candidate:"))
        candidate.sdpMid, candidate.sdpMLineIndex = (
            (init or {}).get("sdpMid"),
            (init or {}).get("sdpMLineIndex"),
        )
        await self._pc.addIceCandidate(candidate)

    def _echo(self, track: MediaStreamTrack) -> None:
        """One of each kind. The sender reads the track, so that nothing piles up."""
        if track.kind not in self._echoed:
            self._echoed.add(track.kind)
            self._pc.addTrack(track)

    def _changed(self) -> None:
        if self._pc.connectionState in ("failed", "closed"):
            self.take(None)


class EchoPeer:
    """All calls of this process."""

    def __init__(self) -> None:
        self._calls: dict[str, EchoPeerCall] = {}
        self.ended = asyncio.Event()

    def hear(self, message: EchoMessage) -> None:
        """One line of the server's."""
        id = message["call"]
        if "ice" in message:
            self._calls[id] = EchoPeerCall(id, message["ice"], self._say)
        elif id in self._calls:
            self._calls[id].take(None if message.get("hang_up") else message["data"])

    def _say(self, message: EchoMessage) -> None:
        if "over" in message:
            self._calls.pop(message["call"], None)
        say(message)

    async def run(self) -> None:
        """Until stdin has ended."""
        while not self.ended.is_set():
            say({"alive": round(time.process_time(), 3)})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.ended.wait(), ALIVE_EVERY)
        await asyncio.gather(*(call.over() for call in list(self._calls.values())))


def say(message: EchoMessage) -> None:
    """One line to the server; nobody reads it any more where that has gone."""
    try:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()
    except (BrokenPipeError, ValueError):
        os._exit(0)


def _listen(peer: EchoPeer, loop: asyncio.AbstractEventLoop) -> None:
    """A thread's work: the end of stdin is noticed however busy the loop is."""
    for line in sys.stdin.buffer:
        loop.call_soon_threadsafe(peer.hear, json.loads(line))
    loop.call_soon_threadsafe(peer.ended.set)
    time.sleep(GOODBYE_SECONDS)
    os._exit(0)


def offer_addresses(more: list[str]) -> None:
    """Gather these, too: aioice leaves out loopback, which is all there may be on one machine."""
    found = aioice.ice.get_host_addresses

    def addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        return list(dict.fromkeys([*found(use_ipv4, use_ipv6), *more]))

    aioice.ice.get_host_addresses = addresses


async def _main() -> None:
    peer, loop = EchoPeer(), asyncio.get_running_loop()
    threading.Thread(target=_listen, args=(peer, loop), daemon=True).start()
    await peer.run()


def main(arguments: list[str]) -> None:
    """Until the server has gone."""
    parser = argparse.ArgumentParser(prog="echo_peer", description="The echo peer of a device check.")
    parser.add_argument("--address", action="append", default=[])
    offer_addresses(parser.parse_args(arguments).address)
    # Ctrl-C goes to the whole group; the server says when it is over.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    asyncio.run(_main())


if __name__ == "__main__":
    main(sys.argv[1:])
