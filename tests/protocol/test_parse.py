"""Frames as they come: what is good passes as it is, what is not has a code (RELIABILITY 5)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.errors import Invalid
from signalling.protocol import messages as m
from signalling.protocol.codes import STAYS_OPEN
from signalling.protocol.parse import CANDIDATE_LIMIT, DESCRIPTION_LIMIT, check_signal, frame

CODES = {"ok", *STAYS_OPEN}
SDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\na=fingerprint:sha-256 00:11\r\n"


def code_of(text: str) -> str:
    with pytest.raises(Invalid) as caught:
        frame(text)
    return caught.value.code


def signal_code(data: object) -> str:
    said = frame(json.dumps({"type": "signal", "to": "x", "data": data}))
    assert isinstance(said, m.Signal)
    try:
        check_signal(bytes(said.data))
    except Invalid as invalid:
        return invalid.code
    return "ok"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "1", "null", '"x"', "[" * 60_000, '{"type":"ping",}', "\ud800"]
)
def test_what_is_no_json_object(text: str) -> None:
    assert code_of(text) == "json_invalid"


@pytest.mark.parametrize("text", ["{}", '{"type":"handover"}', '{"type":5}', '{"type":null}'])
def test_unknown_type(text: str) -> None:
    assert code_of(text) == "type_unknown"


@pytest.mark.parametrize("member", ["from", "person", "room", "role", "seq"])
def test_a_forged_member(member: str) -> None:
    assert (
        code_of(json.dumps({"type": "signal", "to": "x", "data": {}, member: "patient"})) == "field_unknown"
    )


def test_a_missing_or_wrong_member_is_named() -> None:
    with pytest.raises(Invalid) as missing:
        frame('{"type":"admit","person":"patient"}')
    assert (missing.value.code, missing.value.field) == ("field_required", "appointment")
    with pytest.raises(Invalid) as wrong:
        frame('{"type":"lock","on":"yes"}')
    assert (wrong.value.code, wrong.value.field) == ("field_invalid", "on")


def test_descriptions() -> None:
    for kind in ("offer", "answer", "pranswer"):
        assert signal_code({"description": {"type": kind, "sdp": SDP}}) == "ok"
        assert signal_code({"description": {"type": kind, "sdp": "v=0\r\n"}}) == "description_invalid"
    assert signal_code({"description": {"type": "rollback"}}) == "ok"
    assert signal_code({"description": {"type": "counter-offer", "sdp": SDP}}) == "description_invalid"
    longest = SDP + "a" * (DESCRIPTION_LIMIT - len(SDP))
    assert signal_code({"description": {"type": "offer", "sdp": longest}}) == "ok"
    assert signal_code({"description": {"type": "offer", "sdp": longest + "a"}}) == "description_invalid"
    broken: object
    for broken in (None, [], "offer", {"sdp": SDP}, {"type": "offer", "sdp": 5}):
        assert signal_code({"description": broken}) == "description_invalid"


def test_a_fingerprint_counts_at_the_start_of_a_line_only() -> None:
    assert (
        signal_code({"description": {"type": "offer", "sdp": "s=a=fingerprint:x"}}) == "description_invalid"
    )


def test_candidates() -> None:
    for good in (
        None,
        {},
        {"candidate": ""},
        {"candidate": "candidate:1 1 udp 1 192.0.2.1 9 typ host", "sdpMid": "0"},
    ):
        assert signal_code({"candidate": good}) == "ok"
        assert signal_code({"candidates": [good, good]}) == "ok"
    bad: object
    for bad in (
        "text",
        5,
        [],
        {"candidate": 5},
        {"candidate": "x" * CANDIDATE_LIMIT},
        {"sdpMLineIndex": "0"},
    ):
        assert signal_code({"candidate": bad}) == "candidate_invalid"
        assert signal_code({"candidates": [{}, bad]}) == "candidate_invalid"
    assert signal_code({"candidates": {}}) == "candidate_invalid"


def test_data_that_is_neither() -> None:
    data: object
    for data in ({}, [], None, 5, {"sdp": SDP}, {"description": {"type": "rollback"}, "from": "x"}):
        assert signal_code(data) == "description_invalid"


@given(st.text())
def test_any_text_is_a_frame_or_a_code(text: str) -> None:
    code = "ok"
    try:
        frame(text)
    except Invalid as refused:
        code = refused.code
    assert code in CODES


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(
    st.sampled_from(sorted(m.CLIENT_FRAMES)),
    st.dictionaries(st.sampled_from(["to", "data", "sid", "v", "cid"]), JSON),
)
def test_any_object_is_a_frame_or_a_code(kind: str, members: dict[str, object]) -> None:
    code = "ok"
    try:
        said = frame(json.dumps({"type": kind, **members}))
        if isinstance(said, m.Signal):
            check_signal(bytes(said.data))
    except Invalid as refused:
        code = refused.code
    assert code in CODES
