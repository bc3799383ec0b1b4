"""Every frame of consultroom.v1 as a type; a member that is not in it is refused, a forged `from` or `person`
too.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Cid = Annotated[str, Meta(max_length=64)] | int
Sid = Annotated[str, Meta(max_length=128)]


class Frame(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    """Base of what a client sends. With a `cid` it wants an `ack`."""

    cid: Cid | None = None


class Asking(Frame, frozen=True, kw_only=True):
    """A frame that asks for something to be done, once for each `cid`."""


class ResumeOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sid: Sid
    key: Annotated[str, Meta(max_length=128)]
    seq: Annotated[int, Meta(ge=0)]


class Hello(Frame, frozen=True, tag="hello", kw_only=True):
    v: int
    token: object = None
    resume: ResumeOf | None = None
    move: bool = False
    for_: Literal["check"] | None = msgspec.field(name="for", default=None)
    device: Annotated[str, Meta(max_length=64)] = ""


class Signal(Frame, frozen=True, tag="signal", kw_only=True):
    """`data` stays the bytes that came."""

    to: Sid
    data: msgspec.Raw


class Chat(Asking, frozen=True, tag="chat", kw_only=True):
    text: Annotated[str, Meta(min_length=1, max_length=2000)]


class StateFrame(Asking, frozen=True, tag="state", kw_only=True):
    audio: bool | None = None
    video: bool | None = None
    screen: bool | None = None
    sound_only: bool | None = None
    media: Literal["connected", "failed"] | None = None


Checked = Literal["ok", "failed", "denied", "absent", "busy"]
CandidateType = Literal["host", "srflx", "prflx", "relay"]
"""W3C RTCIceCandidateType."""


class CheckFrame(Asking, frozen=True, tag="check", kw_only=True, forbid_unknown_fields=False):
    """Whatever else a page measures may be sent along."""

    camera: Checked | bool | None = None
    microphone: Checked | bool | None = None
    speaker: Checked | bool | None = None
    relay: Checked | bool | None = None
    echo: Checked | bool | None = None
    """Whether the echo call came about; left out where there was nobody to call."""
    rtt_ms: Annotated[float, Meta(ge=0, le=600_000)] | None = None
    loss: Annotated[float, Meta(ge=0, le=1)] | None = None
    bitrate: Annotated[float, Meta(ge=0, le=10_000_000_000)] | None = None
    """Bits a second that came back."""
    candidate_type: CandidateType | None = None
    """Of the page's end of the pair that was chosen."""

    @property
    def found(self) -> dict[str, str | bool | float]:
        """What was tried, by name."""
        members = ((name, getattr(self, name)) for name in self.__struct_fields__ if name != "cid")
        return {name: value for name, value in members if value is not None}


class Ack(Frame, frozen=True, tag="ack", kw_only=True):
    seq: Annotated[int, Meta(ge=0)]


class Ping(Frame, frozen=True, tag="ping"):
    pass


class Ice(Frame, frozen=True, tag="ice"):
    """Fresh TURN credentials, before ICE is restarted (E2)."""


class Leave(Asking, frozen=True, tag="leave", kw_only=True):
    pass


class Admit(Asking, frozen=True, tag="admit", kw_only=True):
    person: Annotated[str, Meta(max_length=80)]
    appointment: Annotated[str, Meta(max_length=64)]


class Enter(Asking, frozen=True, tag="enter", kw_only=True):
    room: Annotated[str, Meta(max_length=64)]


class SendBack(Asking, frozen=True, tag="send_back", kw_only=True):
    sid: Sid


class Remove(Asking, frozen=True, tag="remove", kw_only=True):
    sid: Sid


class Lock(Asking, frozen=True, tag="lock", kw_only=True):
    on: bool


class RunningLate(Asking, frozen=True, tag="running_late", kw_only=True):
    minutes: Annotated[float, Meta(ge=0, le=240)]


class End(Asking, frozen=True, tag="end", kw_only=True):
    outcome: Literal["done"] | None = None


class HandOver(Asking, frozen=True, tag="hand_over", kw_only=True):
    practitioner: Annotated[str, Meta(max_length=64)]


ClientFrame = (
    Hello
    | Signal
    | Chat
    | StateFrame
    | CheckFrame
    | Ack
    | Ping
    | Ice
    | Leave
    | Admit
    | Enter
    | SendBack
    | Remove
    | Lock
    | RunningLate
    | End
    | HandOver
)
"""All a client may say."""

CLIENT_FRAMES: dict[str, type[Frame]] = {
    str(kind.__struct_config__.tag): kind
    for kind in (
        Hello,
        Signal,
        Chat,
        StateFrame,
        CheckFrame,
        Ack,
        Ping,
        Ice,
        Leave,
        Admit,
        Enter,
        SendBack,
        Remove,
        Lock,
        RunningLate,
        End,
        HandOver,
    )
}
"""By their `type`."""

SERVER_FRAMES: frozenset[str] = frozenset(
    {
        "welcome",
        "waiting",
        "queue",
        "admitted",
        "joined",
        "left",
        "signal",
        "chat",
        "state",
        "sent_back",
        "ice",
        "ended",
        "ack",
        "pong",
        "error",
    }
)
"""All a server says, by `type`."""

WAITING_MAY_RECEIVE: frozenset[str] = frozenset(
    {"welcome", "waiting", "ack", "pong", "error", "admitted", "ended"}
)
"""CONTRACT, settled details: of the room a waiting socket learns nothing."""
