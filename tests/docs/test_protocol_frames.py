"""The frames that signalling/PROTOCOL.md shows, one of each, read by the code's own types."""

import json

import msgspec
import pytest

from signalling.protocol import messages, parse
from signalling.protocol.codes import CLOSE_CODES, STAYS_OPEN
from signalling.protocol.replay_buffer import ReplayBuffer
from tests.docs import markdown

DOCUMENT = markdown.text("signalling/PROTOCOL.md")
SAID = markdown.frames(DOCUMENT, "What a client sends")
TOLD = markdown.frames(DOCUMENT, "What a server sends")


def _kinds(frames: list[str]) -> list[str]:
    """The type of each."""
    return [json.loads(frame)["type"] for frame in frames]


def test_there_is_one_of_each() -> None:
    assert set(_kinds(SAID)) == set(messages.CLIENT_FRAMES)
    assert set(_kinds(TOLD)) == messages.SERVER_FRAMES


@pytest.mark.parametrize("text", SAID)
def test_a_clients_frame_is_read(text: str) -> None:
    said = parse.frame(text)
    assert parse.kind(said) == json.loads(text)["type"]
    if isinstance(said, messages.Signal):
        parse.check_signal(bytes(said.data))


@pytest.mark.parametrize("kind", sorted(messages.CLIENT_FRAMES))
def test_every_member_of_a_clients_frame_is_shown(kind: str) -> None:
    shown = {member for text in SAID for member in json.loads(text) if json.loads(text)["type"] == kind}
    assert shown | {"cid"} == {*messages.CLIENT_FRAMES[kind].__struct_encode_fields__, "type", "cid"}


@pytest.mark.parametrize("text", TOLD)
def test_a_servers_frame_is_one_that_can_be_sent(text: str) -> None:
    members = json.loads(text)
    kind, seq = members.pop("type"), members.pop("seq")
    sent = msgspec.json.decode(ReplayBuffer().frame(kind, members))
    assert sent == {"type": kind, "seq": 1, **members}
    assert seq >= 0
    if kind == "error":
        assert members["code"] in CLOSE_CODES.keys() | STAYS_OPEN
