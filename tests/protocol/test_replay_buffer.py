"""Numbers, replay and its bounds (CONTRACT: a short drop is healed from a bounded buffer)."""

import json

from signalling.protocol.replay_buffer import (
    BYTES_KEPT,
    FRAMES_KEPT,
    ReplayBuffer,
    resumed_welcome,
    unnumbered,
)


def test_numbers_count_from_one() -> None:
    out = ReplayBuffer()
    assert json.loads(out.frame("pong", {})) == {"type": "pong", "seq": 1}
    assert json.loads(out.signal("sid", b'{"candidate": null}')) == {
        "type": "signal", "seq": 2, "from": "sid", "data": {"candidate": None},
    }  # fmt: skip


def test_a_signal_is_passed_on_byte_for_byte() -> None:
    data = b'{ "candidate" : {"candidate":"\\u00e4",  "x":1e3}}'
    assert data in ReplayBuffer().signal("sid", data)


def test_replay_gives_what_was_missed_and_only_that() -> None:
    out = ReplayBuffer()
    frames = [out.frame("chat", {"text": str(n)}) for n in range(5)]
    assert out.since(0) == frames
    assert out.since(3) == frames[3:]
    assert out.since(5) == []
    assert out.since(6) is None


def test_acknowledged_frames_are_let_go() -> None:
    out = ReplayBuffer()
    frames = [out.frame("pong", {}) for _ in range(4)]
    out.acknowledged(2)
    assert out.since(1) is None
    assert out.since(2) == frames[2:]
    out.acknowledged(99)
    assert out.since(4) == []
    assert out.since(3) is None


def test_the_buffer_is_bounded_in_frames_and_bytes() -> None:
    out = ReplayBuffer()
    for _ in range(FRAMES_KEPT + 1):
        out.frame("pong", {})
    assert out.since(0) is None
    assert len(out.since(out.seq - FRAMES_KEPT * 3 // 4) or []) == FRAMES_KEPT * 3 // 4
    assert out.since(out.seq - FRAMES_KEPT * 3 // 4 - 1) is None
    large = ReplayBuffer()
    for _ in range(9):
        large.frame("chat", {"text": "x" * (BYTES_KEPT // 8)})
    held = [kept for kept in (large.since(seq) for seq in range(9)) if kept is not None]
    assert 5 <= len(held[0]) <= 8
    assert sum(map(len, held[0])) <= BYTES_KEPT
    assert large.since(0) is None


def test_a_restart_numbers_anew() -> None:
    out = ReplayBuffer()
    out.frame("pong", {})
    out.restart()
    assert json.loads(out.frame("pong", {}))["seq"] == 1
    assert out.since(0) is not None


def test_frames_outside_the_numbering() -> None:
    assert json.loads(resumed_welcome(7, {"resumed": True})) == {"type": "welcome", "seq": 7, "resumed": True}
    assert json.loads(unnumbered("error", {"code": "x"}))["seq"] == 0
