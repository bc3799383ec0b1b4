"""README.md's tables against the code: settings, codes, metrics, commands."""

import argparse
import re
from collections.abc import Iterator

import msgspec
import pytest

from signalling import cli, config
from signalling.config import Settings
from signalling.http import convert, problem
from signalling.metrics import Metrics
from signalling.protocol import codes
from tests.docs import markdown, raised

README = markdown.text("README.md")


def _table(heading: str) -> dict[str, list[str]]:
    """The rows of a section's table by the code spans of their first cell."""
    return {name: row for row in markdown.rows(README, heading) for name in markdown.codes(row[0])}


def test_every_setting_is_documented_with_its_default_and_no_other() -> None:
    told = {name: row[1].replace("`", "") for name, row in _table("Settings").items()}
    assert told == {
        config.variable(field.name): _default(field) for field in msgspec.structs.fields(Settings)
    }


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.name in config.ONE_OF:
        [other] = set(config.ONE_OF) - {field.name}
        return f"this or {config.variable(other)}"
    if field.required:
        return "required"
    return str(field.default) if field.default not in (None, ()) else "none"


def test_no_document_names_a_setting_that_is_none() -> None:
    known = {config.variable(field.name) for field in msgspec.structs.fields(Settings)} | set(config.CLIENTS)
    assert set(re.findall(r"CONSULTROOM_[A-Z_]*[A-Z]", README)) <= known


def test_every_metric_is_documented_and_no_other() -> None:
    ours = {
        _shown(family.name, family.type)
        for family in Metrics().registry.collect()
        if "consultroom" in family.name
    }
    assert set(_table("Metrics")) == ours


def test_no_query_asks_for_a_metric_that_is_none() -> None:
    assert set(re.findall(r"consultroom_[a-z_]+", README)) <= set(_table("Metrics"))


def _shown(name: str, kind: str) -> str:
    return f"{name}_total" if kind == "counter" else name


def test_every_code_is_documented_and_no_other() -> None:
    answered = {each.code for each in raised.raised()}
    answered |= {code for code, _ in problem._AIOHTTP.values()} | {code for _, code, _ in convert._MESSAGES}
    assert set(_table("Codes")) == answered | set(codes.CLOSE_CODES) | codes.STAYS_OPEN


def test_close_codes_are_those_of_the_protocol() -> None:
    told = {code: row[2] for code, row in _table("Codes").items() if row[2].isdigit()}
    assert told == {code: str(close) for code, close in codes.CLOSE_CODES.items()}


@pytest.mark.parametrize(
    "each", sorted(raised.raised(), key=str), ids=lambda each: f"{each.code} {each.file}"
)
def test_http_statuses_are_those_answered(each: raised.Raised) -> None:
    statuses = re.findall(r"\d+", _table("Codes")[each.code][1])
    if each.kind and each.file.startswith("signalling/http/"):
        assert str(int(problem.status_of(each.kind.__new__(each.kind)))) in statuses
    elif each.kind and statuses and each.file.startswith("rooms/"):
        # Without a status it is only ever answered on the socket.
        assert str(int(problem.status_of(each.kind.__new__(each.kind)))) in statuses


def test_every_command_is_documented() -> None:
    told = set(_table("Run it"))
    assert told == set(_commands(cli._parser()))
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
        "rooms/service/addresses.py",
        "rooms/service/by_contact.py",
        "rooms/service/holding.py",
        "rooms/service/issuing.py",
        "rooms/service/onward.py",
        "rooms/service/standing.py",
        "signalling/http/calls/holders.py",
        "rooms/service/links.py",
        "signalling/http/auth.py",
        "signalling/http/calls/booking.py",
        "signalling/http/convert.py",
        "signalling/http/scalars.py",
        "signalling/http/server.py",
        "signalling/ws/endpoint.py",
        "signalling/protocol/parse.py",
        "signalling/ws/greeting.py",
        "signalling/ws/close_reason.py",
    }
