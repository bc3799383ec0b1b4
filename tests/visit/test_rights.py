"""Who may say what: every frame of the protocol, every role, every state."""

import itertools
from typing import get_args

import pytest

from rooms.errors import Refusal
from rooms.records import Role
from rooms.visit.rights import RIGHTS, PersonState, require
from signalling.protocol.messages import CLIENT_FRAMES

ROLES: tuple[Role, ...] = get_args(Role)
STATES: tuple[PersonState, ...] = get_args(PersonState)


def answer(kind: str, role: Role, state: PersonState) -> str:
    try:
        require(kind, role, state)
    except Refusal as refusal:
        return refusal.code
    return "ok"


def test_the_table_knows_every_frame_but_hello() -> None:
    assert set(RIGHTS) == set(CLIENT_FRAMES) - {"hello"}


@pytest.mark.parametrize("kind", ["admit", "enter", "send_back", "remove", "lock", "running_late", "end"])
def test_hosting_is_forbidden_to_patients_and_guests_in_every_state(kind: str) -> None:
    for role, state in itertools.product(("patient", "guest"), STATES):
        assert answer(kind, role, state) == "forbidden"  # type: ignore[arg-type]  # two of the roles


@pytest.mark.parametrize("kind", ["signal", "chat", "state"])
def test_nothing_reaches_a_room_from_outside_it(kind: str) -> None:
    for role, state in itertools.product(ROLES, STATES):
        assert answer(kind, role, state) == ("ok" if state == "in_room" else "not_admitted")


def test_ice_servers_are_given_where_there_is_media_and_not_to_whoever_waits() -> None:
    for role, state in itertools.product(ROLES, STATES):
        allowed = state in ("in_room", "checking")
        assert answer("ice", role, state) == ("ok" if allowed else "not_admitted")


def test_what_everybody_may_say_at_any_time() -> None:
    for kind, role, state in itertools.product(("ack", "ping", "leave"), ROLES, STATES):
        assert answer(kind, role, state) == "ok"


def test_a_host_acts_from_lobby_or_room_and_ends_only_in_a_room() -> None:
    assert [answer("admit", "practitioner", state) for state in STATES] == [
        "ok",
        "not_admitted",
        "ok",
        "not_admitted",
    ]
    assert [answer("end", "practitioner", state) for state in STATES] == ["not_admitted"] * 2 + [
        "ok",
        "not_admitted",
    ]
