"""Who may say what. Anything that is not in the table is refused and has changed nothing (HOUSE,
example 2).
"""

from typing import Literal

from rooms.errors import Contradiction, Forbidden
from rooms.records import Role

PersonState = Literal["lobby", "waiting", "in_room", "checking"]

_ANY: frozenset[PersonState] = frozenset({"lobby", "waiting", "in_room", "checking"})
_ROOM: frozenset[PersonState] = frozenset({"in_room"})
_HOST: frozenset[PersonState] = frozenset({"lobby", "in_room"})
_EVERYBODY: frozenset[Role] = frozenset({"patient", "guest", "practitioner"})
_PRACTITIONER: frozenset[Role] = frozenset({"practitioner"})

RIGHTS: dict[str, tuple[frozenset[Role], frozenset[PersonState]]] = {
    "ack": (_EVERYBODY, _ANY),
    "ping": (_EVERYBODY, _ANY),
    "leave": (_EVERYBODY, _ANY),
    "check": (_EVERYBODY, frozenset({"checking", "waiting"})),
    "ice": (_EVERYBODY, frozenset({"checking", "in_room"})),
    "signal": (_EVERYBODY, _ROOM),
    "chat": (_EVERYBODY, _ROOM),
    "state": (_EVERYBODY, _ROOM),
    "admit": (_PRACTITIONER, _HOST),
    "enter": (_PRACTITIONER, _HOST),
    "remove": (_PRACTITIONER, _HOST),
    "running_late": (_PRACTITIONER, _HOST),
    "send_back": (_PRACTITIONER, _ROOM),
    "lock": (_PRACTITIONER, _ROOM),
    "end": (_PRACTITIONER, _ROOM),
    "hand_over": (_PRACTITIONER, _ROOM),
}
"""Frame type to the roles and the states that may send it."""


def require(kind: str, role: Role, state: PersonState) -> None:
    """Raises `forbidden` (never for this role) or `not_admitted` (not in this state)."""
    roles, states = RIGHTS[kind]
    if role not in roles:
        raise Forbidden("forbidden", "Only the practitioner can do this.")
    if state not in states:
        raise Contradiction(
            "not_admitted", "This is possible inside the room only." if states == _ROOM else "Not now."
        )
