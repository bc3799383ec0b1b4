"""The tables of deploy/README.md and signalling/README.md against the code: settings, commands, metrics,
codes, event types. As lists, so that a row that stands twice is found.
"""

import argparse
import re
from collections.abc import Iterator
from typing import get_args

import msgspec
import pytest

from rooms.events import EventType
from signalling import cli, config
from signalling.config import Settings
from signalling.http import convert, problem
from signalling.metrics import Metrics
from signalling.protocol import codes
from tests.docs import markdown, raised

OPERATING = markdown.text("deploy/README.md")
API = markdown.text("signalling/README.md")


def _named(document: str, heading: str) -> list[list[str]]:
    """The rows of a section's table, the first cell without its backticks."""
    return [[*markdown.codes(row[0]), *row[1:]] for row in markdown.rows(document, heading)]


def test_every_setting_is_documented_with_its_default_and_no_other() -> None:
    told = [(row[0], row[1].replace("`", "")) for row in _named(OPERATING, "Settings")]
    assert sorted(told) == sorted(
        (config.variable(field.name), _default(field)) for field in msgspec.structs.fields(Settings)
    )


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.name in config.KEYS_FIELDS:
        [other] = set(config.KEYS_FIELDS) - {field.name}
        return f"this or {config.variable(other)}"
    if field.required:
        return "required"
    return str(field.default) if field.default not in (None, ()) else "none"


@pytest.mark.parametrize("document", markdown.documents(), ids=str)
def test_no_document_names_a_setting_that_is_none(document: str) -> None:
    known = {config.variable(field.name) for field in msgspec.structs.fields(Settings)} | set(
        config.CLIENT_VARIABLES
    )
    assert set(re.findall(r"CONSULTROOM_[A-Z_]*[A-Z]", markdown.text(document))) <= known


def _metrics() -> list[tuple[str, str]]:
    """Name and kind of each, in the order in which they are shown."""
    families = [family for family in Metrics().registry.collect() if "consultroom" in family.name]
    return [(f"{each.name}_total" if each.type == "counter" else each.name, each.type) for each in families]


def test_every_metric_is_documented_with_its_kind_and_no_other() -> None:
    assert sorted((row[0], row[1]) for row in _named(OPERATING, "Metrics")) == sorted(_metrics())


def test_no_document_asks_for_a_metric_that_is_none() -> None:
    asked = set(re.findall(r"consultroom_[a-z_]+", OPERATING))
    shown = {f"{name}{part}" for name, kind in _metrics() for part in _parts(kind)}
    assert asked <= shown


def _parts(kind: str) -> tuple[str, ...]:
    """What Prometheus adds to a name."""
    return ("", "_bucket", "_count", "_sum") if kind == "histogram" else ("",)


def test_every_event_type_is_documented_and_no_other() -> None:
    assert [row[0] for row in _named(API, "Event types")] == list(get_args(EventType))


def test_every_code_is_documented_and_no_other() -> None:
    answered = {each.code for each in raised.raised()}
    answered |= {code for code, _ in problem._AIOHTTP.values()} | {code for _, code, _ in convert._MESSAGES}
    assert sorted(row[0] for row in _named(API, "Codes")) == sorted(
        answered | set(codes.CLOSE_CODES) | codes.STAYS_OPEN
    )


def _code(code: str) -> list[str]:
    [row] = [row for row in _named(API, "Codes") if row[0] == code]
    return row


def test_close_codes_are_those_of_the_protocol() -> None:
    told = [(row[0], row[2]) for row in _named(API, "Codes") if row[2].isdigit()]
    assert sorted(told) == sorted((code, str(close)) for code, close in codes.CLOSE_CODES.items())


@pytest.mark.parametrize(
    "each", sorted(raised.raised(), key=str), ids=lambda each: f"{each.code} {each.file}"
)
def test_http_statuses_are_those_answered(each: raised.Raised) -> None:
    statuses = re.findall(r"\d+", _code(each.code)[1])
    if each.kind and each.file.startswith("signalling/http/"):
        assert str(int(problem.status_of(each.kind.__new__(each.kind)))) in statuses
    elif each.kind and statuses and each.file.startswith("rooms/"):
        # Without a status it is only ever answered on the socket.
        assert str(int(problem.status_of(each.kind.__new__(each.kind)))) in statuses


def test_every_command_is_documented() -> None:
    told = [row[0] for row in _named(OPERATING, "Run it")]
    assert sorted(told) == sorted(_commands(cli._parser()))
    assert "consultroom keys rotate FILE" in told  # or subcommands are not found any more


def _commands(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Every command as it is typed, subcommands and what has to follow them included."""
    inside = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for action in inside:
        for command in action.choices.values():
            yield from _commands(command)
    if not inside:
        words = [_word(action) for action in parser._actions if not action.option_strings]
        yield " ".join([parser.prog, *words])


def _word(action: argparse.Action) -> str:
    return f"[{action.metavar}]" if action.nargs == "?" else str(action.metavar)


def test_computed_codes_are_known_places() -> None:
    # A refusal whose code is not text where it is made escapes the tables above: it passes on a code from one
    # of these.
    places = {place.split(":")[0] for place in raised.unnamed()}
    assert places <= {
        "rooms/access/diagnosis.py",
        "rooms/service/links/bookmarks.py",
        "rooms/service/links/by_contact.py",
        "rooms/service/booking/holds.py",
        "rooms/service/events.py",
        "rooms/service/links/forward.py",
        "rooms/service/links/staff_acts.py",
        "signalling/http/handlers/link_holders.py",
        "rooms/service/links/issue.py",
        "signalling/http/authentication.py",
        "signalling/http/handlers/booking.py",
        "signalling/http/convert.py",
        "signalling/http/scalars.py",
        "signalling/http/server.py",
        "signalling/ws/endpoint.py",
        "signalling/protocol/parse.py",
        "signalling/ws/greeting.py",
        "signalling/ws/close_reason.py",
    }
