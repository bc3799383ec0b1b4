"""Every frame is seen, however the bytes arrive: masked or not, and how many."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalling.ws.raw_frames import BYTES_A_MESSAGE, FRAMES_A_MESSAGE, FrameFault, RawFrames
from tests.support.wire import BINARY, CONTINUATION, PING, PONG, TEXT, frame

SIZES = st.sampled_from([0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
RATE, BURST = 50, 200


class Sender:
    """One socket's frames, on time that is told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.frames = RawFrames(RATE, BURST, lambda: self.now)

    def send(self, data: bytes, cuts: list[int] | None = None) -> FrameFault | None:
        """The first fault, and nothing is asked after it."""
        faults = (self.frames.fault(piece) for piece in pieces(data, cuts or []))
        return next((fault for fault in faults if fault), None)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    at = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in itertools.pairwise(at)]


@given(st.lists(SIZES, min_size=1, max_size=6), st.lists(st.integers(0, 500_000), max_size=12))
def test_masked_frames_pass_in_any_pieces(sizes: list[int], cuts: list[int]) -> None:
    assert Sender().send(b"".join(frame(TEXT, bytes(size)) for size in sizes), cuts) is None


@given(st.lists(SIZES, max_size=4), st.lists(st.integers(0, 500_000), max_size=12))
def test_one_unmasked_frame_is_found(sizes: list[int], cuts: list[int]) -> None:
    data = b"".join(frame(TEXT, bytes(size)) for size in sizes)
    data += frame(PING, b"x", masked=False) + frame(TEXT, b"after")
    assert Sender().send(data, cuts) == "unmasked"


def test_byte_by_byte() -> None:
    data = frame(TEXT, bytes(200)) + frame(PING, b"")
    assert Sender().send(data, list(range(len(data)))) is None


@pytest.mark.parametrize("opcode", [TEXT, BINARY, CONTINUATION, PING, PONG])
@pytest.mark.parametrize("cut", [1, 5, 100_000])
def test_every_frame_counts_of_whatever_kind_and_however_it_arrives(opcode: int, cut: int) -> None:
    one, most = frame(opcode, b"", fin=opcode != CONTINUATION), BURST * FRAMES_A_MESSAGE
    sender = Sender()
    assert sender.send(one * most, list(range(0, len(one) * most, cut))) is None
    assert sender.send(one) == "flood"


def test_what_was_used_up_comes_again_at_the_rate_and_never_more_than_a_burst() -> None:
    sender, one = Sender(), frame(PONG, b"")
    assert sender.send(one * BURST * FRAMES_A_MESSAGE) is None
    sender.now += 1
    assert sender.send(one * RATE * FRAMES_A_MESSAGE) is None
    sender.now += 3600
    assert sender.send(one * BURST * FRAMES_A_MESSAGE) is None
    # It is filled when it runs dry, after the one that found it so.
    assert sender.send(one * 2) == "flood"


def test_bytes_count_too_also_those_of_one_endless_frame() -> None:
    sender, chunk = Sender(), bytes(64 * 1024)
    head = frame(TEXT, b"")[:1] + b"\xff" + (1 << 40).to_bytes(8) + bytes(4)
    assert sender.send(head) is None
    sent = 0
    while sender.send(chunk) is None:
        sent += len(chunk)
    assert sent <= BURST * BYTES_A_MESSAGE < sent + 2 * len(chunk)
    sender.now += 1
    assert sender.send(chunk) is None
