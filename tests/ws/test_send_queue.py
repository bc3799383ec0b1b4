"""A bounded writer: one write a turn of the loop, and a reader that does not read is given up."""

import asyncio

from signalling.ws.send_queue import OP_PING, UNSENT_BYTES, UNSENT_MS, Flusher, SendQueue, header


class Wire(asyncio.Transport):
    """A transport that takes everything down and can be full."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.unsent, self.aborted, self.is_gone = 0, False, False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.writes.append(bytes(data))

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def is_closing(self) -> bool:
        return self.is_gone

    def abort(self) -> None:
        self.aborted = True


def send_queue(wire: Wire) -> SendQueue:
    return SendQueue(wire, Flusher())


async def test_frames_of_one_turn_leave_in_one_write() -> None:
    wire = Wire()
    box = send_queue(wire)
    box.send(b"one")
    box.send(b"two")
    assert wire.writes == []
    await asyncio.sleep(0)
    assert wire.writes == [b"\x81\x03one\x81\x03two"]
    box.flush()
    assert len(wire.writes) == 1


def test_headers_are_rfc_6455s() -> None:
    assert header(0x81, 125) == b"\x81\x7d"
    assert header(0x81, 126) == b"\x81\x7e\x00\x7e"
    assert header(0x81, 65_535) == b"\x81\x7e\xff\xff"
    assert header(OP_PING, 65_536) == b"\x89\x7f" + (65_536).to_bytes(8, "big")


async def test_a_full_backlog_is_given_up_once_with_4008() -> None:
    wire = Wire()
    box = send_queue(wire)
    wire.unsent = UNSENT_BYTES + 1
    box.send(b"x")
    box.flush()
    assert wire.writes == [b"\x88\x02" + (4008).to_bytes(2, "big")]
    assert wire.aborted
    box.send(b"y")
    box.flush()
    box.give_up()
    assert len(wire.writes) == 1


async def test_anything_unsent_for_too_long_is_stalled() -> None:
    wire = Wire()
    box = send_queue(wire)
    wire.unsent = 1
    assert not box.stalled(1_000)
    assert not box.stalled(1_000 + UNSENT_MS)
    assert box.stalled(1_001 + UNSENT_MS)
    wire.unsent = 0
    assert not box.stalled(9_000 + UNSENT_MS)
    wire.unsent = 1
    assert not box.stalled(9_001 + UNSENT_MS)


async def test_a_close_follows_what_was_queued() -> None:
    wire = Wire()
    box = send_queue(wire)
    box.send(b"bye")
    box.close(4506, "replaced")
    assert wire.writes == [b"\x81\x03bye\x88\x0a" + (4506).to_bytes(2, "big") + b"replaced"]
    assert not wire.aborted


async def test_nothing_is_written_to_a_transport_that_is_closing() -> None:
    wire = Wire()
    box = send_queue(wire)
    wire.is_gone = True
    box.send(b"x")
    box.flush()
    assert wire.writes == []
    assert box.closed
    assert not box.stalled(1)
