"""The command line: `consultroom serve | demo | why | openapi | keys …`. Exit code 2 with one sentence where
it cannot start."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from signalling import cli_keys, cli_why, config
from signalling.demo import main as demo

log = logging.getLogger("consultroom")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    asked = _parser().parse_args(arguments)
    command: str = asked.command
    if command == "serve":
        return _serve()
    if command == "demo":
        return demo.run(asked.data.absolute(), asked.port, json=asked.json)
    if command == "keys":
        return cli_keys.run(asked)
    if command == "why":
        return cli_why.run(asked)
    return _openapi(asked.url)


def _serve() -> int:
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    for sentence in config.unknown(os.environ):
        log.warning("%s", sentence)
    try:
        return _serve_with(config.load(os.environ))
    except config.SettingsError as error:
        print(f"consultroom serve: {error}", file=sys.stderr)
        return 2


def _serve_with(settings: config.Settings) -> int:
    for sentence in config.doubtful(settings):
        log.warning("%s", sentence)
    # Here and not above: a refusal, the demo and the key maker need not wait for the server's imports.
    from signalling import serve  # noqa: PLC0415 - the reason is above

    return serve.main(settings)


def _openapi(public_url: str) -> int:
    from signalling import http  # noqa: PLC0415 - as above

    _, document = http.described(public_url)
    print(msgspec.json.format(msgspec.json.encode(document)).decode())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="consultroom", description="The server behind video consultations.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    commands.add_parser(
        "serve", help="run one server process; settings are CONSULTROOM_* variables (deploy/README.md)"
    )
    demo_command = commands.add_parser(
        "demo", help="run everything on a Redis of its own, with a visit open now"
    )
    demo_command.add_argument(
        "--data", type=Path, default=Path(".demo"), help="folder to keep everything in (.demo)"
    )
    demo_command.add_argument("--port", type=_port, help="port to serve on (a free one near 8080)")
    demo_command.add_argument(
        "--json", action="store_true", help="print one JSON line when ready, for programs"
    )
    openapi = commands.add_parser("openapi", help="print the OpenAPI document")
    openapi.add_argument(
        "--url", default="http://127.0.0.1:8080", help="the server it is to name (http://127.0.0.1:8080)"
    )
    cli_why.add_to(commands.add_parser("why", help="say why an appointment has no usable link"))
    cli_keys.add_to(commands.add_parser("keys", help="make, list and change the keys that sign links"))
    return parser


def _port(text: str) -> int:
    return cli_keys.between(text, 1, 65_535)
