"""Names of things. Ids a booking service chose are `str` checked by `is_public_id`; our own are random and
never reused.
"""

import hmac
import re
import secrets
from hashlib import sha256
from typing import NewType

ClinicId = NewType("ClinicId", str)
"""The booking service's id of a clinic: the unit of isolation."""

AppointmentNo = NewType("AppointmentNo", str)
"""Our own random 64-bit appointment id, 11 characters of base64url. It is what a token carries (A2)."""

PractitionerNo = NewType("PractitionerNo", str)
"""Our own random 64-bit number of a practitioner: Redis keys and ledgers carry it, never the booking
service's id.
"""

PatientNo = NewType("PatientNo", str)
"""Our own random 64-bit number of a patient: what the ledger keeps when the person is erased (H4)."""

RoomId = NewType("RoomId", str)
"""128 random bits, 22 characters of base64url. Knowing one opens nothing: the room comes from the token."""

SessionId = NewType("SessionId", str)
"""One person on one device, for as long as it lives, resumes included. 128 random bits."""

GrantNo = NewType("GrantNo", str)
"""Our own random 64-bit number of a room link or staff link."""

PRACTITIONER, PATIENT, FIRST_GUEST = 0, 1, 2
"""Person numbers inside one appointment. Guests count up from 2 and a removed guest's number is not given
again.
"""

PUBLIC_ID_PATTERN = "[A-Za-z0-9._~-]{1,64}"
"""An id chosen by a booking service (CONTRACT), as a pattern to be matched whole."""


def is_public_id(text: str) -> bool:
    """Whether `text` may be an id chosen by a booking service."""
    return re.fullmatch(PUBLIC_ID_PATTERN, text) is not None


def new_number() -> str:
    """64 random bits as 11 characters of base64url."""
    return secrets.token_urlsafe(8)


def new_guest() -> str:
    """An id for somebody whom no booking service named: it chooses none like it, and none is given twice."""
    return f"invited.{new_number()}"


def new_room() -> RoomId:
    """A room id nobody can guess (RELIABILITY 3: 128 bits)."""
    return RoomId(secrets.token_urlsafe(16))


def new_session() -> SessionId:
    """A session id nobody can guess."""
    return SessionId(secrets.token_urlsafe(16))


def new_secret() -> str:
    """256 random bits as 43 characters of base64url: API keys, resume keys."""
    return secrets.token_urlsafe(32)


def secret_digest(secret: str) -> str:
    """SHA-256, hex: what is kept of a secret that has bits enough not to be guessed."""
    return sha256(secret.encode()).hexdigest()


def keyed_digest(salt: str, text: str) -> str:
    """HMAC-SHA-256, hex: what is kept of an address or a contact, which could be guessed (RELIABILITY 7).
    `salt` is a clinic's, hex.
    """
    return hmac.digest(bytes.fromhex(salt), text.encode(), "sha256").hex()
