"""Text in, a frame or a refusal out. What is refused is never echoed (RELIABILITY 5, rule d)."""

import re
from typing import Literal

import msgspec

from rooms.errors import Invalid
from signalling.protocol.messages import Cid, ClientFrame, Frame

_DECODER: msgspec.json.Decoder[ClientFrame] = msgspec.json.Decoder(ClientFrame)
# A member that is not ours is named only if it looks like a name, since input is not echoed.
_FIELD = re.compile(r"`(\$\.)?([A-Za-z_]{1,32})[`.\[]")
_UNKNOWN_TYPE = "- at `$.type`"

DESCRIPTION_LIMIT = 32 * 1024
"""CONTRACT: characters of an SDP. A two-party offer is 3 to 6 KB; simulcast with every codec stays below 20.
"""

CANDIDATE_LIMIT = 2 * 1024
"""CONTRACT: characters of one candidate; RFC 8839 lines are about 150."""

_FINGERPRINT = re.compile(r"^a=fingerprint:", re.MULTILINE)


class Description(msgspec.Struct, frozen=True):
    """W3C RTCSessionDescriptionInit; members we do not know pass."""

    type: str
    sdp: str = ""


class Candidate(msgspec.Struct, frozen=True):
    """W3C RTCIceCandidateInit; members we do not know pass."""

    candidate: str = ""
    sdpMid: str | None = None  # noqa: N815 - W3C's name
    sdpMLineIndex: int | None = None  # noqa: N815 - W3C's name
    usernameFragment: str | None = None  # noqa: N815 - W3C's name


class Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Exactly one of the three is there."""

    description: Description | msgspec.UnsetType = msgspec.UNSET
    candidate: Candidate | Literal[""] | msgspec.UnsetType | None = msgspec.UNSET
    candidates: list[Candidate | Literal[""] | None] | msgspec.UnsetType = msgspec.UNSET


class Sizes(msgspec.Struct, frozen=True):
    """The candidates as they came."""

    candidate: msgspec.Raw = msgspec.Raw()
    candidates: list[msgspec.Raw] = []


_DATA: msgspec.json.Decoder[Data] = msgspec.json.Decoder(Data)
_SIZES: msgspec.json.Decoder[Sizes] = msgspec.json.Decoder(Sizes)


def frame(text: str) -> Frame:
    """The frame a text stands for. Raises `Invalid`: `json_invalid`, `type_unknown`, `field_unknown`,
    `field_required`, `field_invalid`.
    """
    try:
        return _DECODER.decode(text)
    except msgspec.ValidationError as error:
        raise _refusal(str(error)) from None
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        raise Invalid("json_invalid", "A frame is one JSON object.") from None


class _Numbered(msgspec.Struct):
    cid: Cid | None = None


_NUMBERED: msgspec.json.Decoder[_Numbered] = msgspec.json.Decoder(_Numbered)


def cid_of(text: str) -> object:
    """The `cid` of a text that is no frame, so that whoever waits for its answer gets it."""
    try:
        return _NUMBERED.decode(text).cid
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return None


def _refusal(error: str) -> Invalid:
    if error.startswith("Expected `object`") and " - at " not in error:
        return Invalid("json_invalid", "A frame is one JSON object.")
    if error.endswith(_UNKNOWN_TYPE) or error == "Object missing required field `type`":
        return Invalid("type_unknown", "There is no such type of frame.")
    found = _FIELD.search(error.rpartition("- at ")[2] if error.startswith("Expected") else error)
    name = found.group(2) if found else None
    if error.startswith("Object contains unknown"):
        return Invalid("field_unknown", "The frame has a member it may not have.", field=name)
    if error.startswith("Object missing required"):
        return Invalid("field_required", "The frame lacks a member.", field=name)
    return Invalid("field_invalid", "A member of the frame is not as it should be.", field=name)


def check_signal(raw: bytes) -> None:
    """A signal's `data`: type, size and a fingerprint line; nothing is rewritten (CONTRACT).

    Raises `description_invalid`, `candidate_invalid`.
    """
    try:
        data = _DATA.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        code = "candidate_invalid" if b'"candidate' in raw[:16] else "description_invalid"
        raise Invalid(code, "This is neither a description nor a candidate.") from None
    given = [
        each for each in (data.description, data.candidate, data.candidates) if each is not msgspec.UNSET
    ]
    if len(given) != 1:
        raise Invalid("description_invalid", "Send one of a description, a candidate and candidates.")
    if data.description is not msgspec.UNSET:
        _check_description(data.description)
    elif len(raw) > CANDIDATE_LIMIT:
        _check_candidates(_SIZES.decode(raw))


def _check_candidates(sizes: Sizes) -> None:
    if any(len(bytes(each)) > CANDIDATE_LIMIT for each in (sizes.candidate, *sizes.candidates)):
        raise Invalid("candidate_invalid", "The candidate is too long.")


def _check_description(description: Description) -> None:
    offered = description.type in ("offer", "answer", "pranswer")
    if not offered and description.type != "rollback":
        raise Invalid("description_invalid", "There is no such type of description.")
    if len(description.sdp) > DESCRIPTION_LIMIT:
        raise Invalid("description_invalid", "The description is too long.")
    if offered and _FINGERPRINT.search(description.sdp) is None:
        raise Invalid("description_invalid", "The description has no fingerprint.")


def kind(said: Frame) -> str:
    """The `type` of a frame."""
    return str(said.__struct_config__.tag)
