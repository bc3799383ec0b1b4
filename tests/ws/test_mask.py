"""Masks are looked at in every frame, however the bytes arrive."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from signalling.ws.mask import Masks
from tests.support.wire import PING, TEXT, frame

SIZES = st.sampled_from([0, 1, 125, 126, 127, 65_535, 65_536, 70_000])


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    at = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in itertools.pairwise(at)]


@given(st.lists(SIZES, min_size=1, max_size=6), st.lists(st.integers(0, 500_000), max_size=12))
def test_masked_frames_pass_in_any_pieces(sizes: list[int], cuts: list[int]) -> None:
    masks, data = Masks(), b"".join(frame(TEXT, bytes(size)) for size in sizes)
    assert all(masks.are_set(piece) for piece in pieces(data, cuts))


@given(st.lists(SIZES, max_size=4), st.lists(st.integers(0, 500_000), max_size=12))
def test_one_unmasked_frame_is_found(sizes: list[int], cuts: list[int]) -> None:
    data = b"".join(frame(TEXT, bytes(size)) for size in sizes)
    data += frame(PING, b"x", masked=False) + frame(TEXT, b"after")
    masks = Masks()
    assert not all(masks.are_set(piece) for piece in pieces(data, cuts))


def test_byte_by_byte() -> None:
    masks = Masks()
    data = frame(TEXT, bytes(200)) + frame(PING, b"")
    assert all(masks.are_set(data[at : at + 1]) for at in range(len(data)))
