"""A page's side of an echo call, by aiortc instead of a browser: signals over a check's socket."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Any

import aiohttp
import aioice.ice
import pytest
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamTrack, VideoStreamTrack

from tests.support.peer import Peer, connecting

LOOPBACK = {"CONSULTROOM_ECHO_ADDRESSES": "127.0.0.1"}
"""What a server needs for calls on this machine alone."""


def use_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """aioice leaves it out."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])


class Caller:
    """One call to the echo peer of a check."""

    def __init__(self, peer: Peer, *, video: bool) -> None:
        self.peer, self.pc = peer, RTCPeerConnection()
        self.came: list[MediaStreamTrack] = []
        self.pc.on("track", self.came.append)
        self.pc.addTrack(AudioStreamTrack())
        if video:
            self.pc.addTrack(VideoStreamTrack())

    async def offer(self) -> dict[str, Any]:
        """Offers; what came back."""
        await self.pc.setLocalDescription(await self.pc.createOffer())
        offer = self.pc.localDescription
        await self.peer.say(
            "signal",
            to=self.peer.welcome["echo"]["sid"],
            data={"description": {"type": offer.type, "sdp": offer.sdp}},
        )
        return await self.peer.wait("signal", within=20)

    async def connect(self) -> None:
        """Until sound (and a picture) come back."""
        answer = await self.offer()
        description = answer["data"]["description"]
        await self.pc.setRemoteDescription(RTCSessionDescription(description["sdp"], description["type"]))
        async with asyncio.timeout(20):
            for track in self.came:
                for _ in range(3):
                    await track.recv()


@contextlib.asynccontextmanager
async def calling(peer: Peer, *, video: bool = False) -> AsyncIterator[Caller]:
    """Hung up in the end."""
    caller = Caller(peer, video=video)
    try:
        yield caller
    finally:
        await caller.pc.close()


async def _hold(base_url: str, tokens: Sequence[str]) -> None:
    """A call with sound and picture by each of these links, until stdin ends."""
    async with (
        aiohttp.ClientSession() as session,
        connecting(base_url, session) as connect,
        contextlib.AsyncExitStack() as stack,
    ):
        drains = []
        for token in tokens:
            peer = await connect()
            await peer.hello(token, for_="check")
            call = await stack.enter_async_context(calling(peer, video=True))
            await call.connect()
            drains += [asyncio.create_task(_drain(track)) for track in call.came]
        sys.stdout.write("connected\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


async def _drain(track: MediaStreamTrack) -> None:
    while True:
        await track.recv()


if __name__ == "__main__":
    os.nice(19)
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]
    asyncio.run(_hold(sys.argv[1], sys.argv[2:]))
