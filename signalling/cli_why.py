"""`consultroom why`: why is there no link, asked of a running server by whoever answers the phone (B3)."""

import argparse
import asyncio
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
import msgspec

from signalling.demo import state
from signalling.demo.children import DemoError

API_URL_VARIABLE, API_KEY_VARIABLE = "CONSULTROOM_API_URL", "CONSULTROOM_API_KEY"
"""Where to ask, and by which API key or staff link's token, unless options say it. No server reads them."""

API_SECONDS = 10.0
"""Longer than a server that is up ever takes."""

USABLE, NOT_USABLE, NOT_ASKED = 0, 1, 2
"""Exit codes."""


class CannotAsk(Exception):
    """Why no answer was had, in a sentence."""


def add_to(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument(
        "what",
        metavar="APPOINTMENT",
        help="the appointment's id; or, with a time, a practitioner's name as a caller gives it",
    )
    parser.add_argument(
        "at",
        nargs="?",
        metavar="TIME",
        help='the time by the clinic\'s clock, "2026-11-25 10:00", or RFC 3339',
    )
    parser.add_argument("--url", help=f"the server ({API_URL_VARIABLE}, else the demo in this folder)")
    parser.add_argument(
        "--key", help=f"an API key or a staff link's token ({API_KEY_VARIABLE}, else the demo's)"
    )
    parser.add_argument("--data", type=Path, default=Path(".demo"), help="the demo's folder (.demo)")
    parser.add_argument("--json", action="store_true", help="print the server's answer as it is")


def run(asked: argparse.Namespace) -> int:
    """Print what keeps the link back and who can put it right: `USABLE`, `NOT_USABLE`, or `NOT_ASKED` where
    nothing could be found out.
    """
    try:
        found = asyncio.run(_found(asked))
    except (CannotAsk, DemoError, aiohttp.ClientError, TimeoutError) as error:
        print(f"consultroom why: {_sentence(error)}", file=sys.stderr)
        return NOT_ASKED
    if asked.json:
        print(msgspec.json.encode({"items": found}).decode())
    else:
        print("\n\n".join(_text(each) for each in found))
    return USABLE if all(each["usable"] for each in found) else NOT_USABLE


def _sentence(error: Exception) -> str:
    known = isinstance(error, CannotAsk | DemoError)
    return str(error) if known else f"the server cannot be reached ({type(error).__name__})."


async def _found(asked: argparse.Namespace) -> list[dict[str, Any]]:
    url, key = _server(asked)
    timeout = aiohttp.ClientTimeout(total=API_SECONDS)
    headers = {"Authorization": f"Bearer {key}"}
    async with aiohttp.ClientSession(timeout=timeout, headers=headers) as http:
        if asked.at is None:
            here = f"{url}/v1/appointments/{quote(asked.what, safe='')}"
            made = await _get(http, f"{here}/diagnosis")
            return [{"appointment": await _get(http, here), **made}]
        query = urlencode({"practitioner": asked.what, "at": asked.at})
        items: list[dict[str, Any]] = (await _get(http, f"{url}/v1/diagnosis?{query}"))["items"]
    if not items:
        raise CannotAsk("there is no appointment of that practitioner around that time.")
    return items


def _server(asked: argparse.Namespace) -> tuple[str, str]:
    url, key = asked.url or os.environ.get(API_URL_VARIABLE), asked.key or os.environ.get(API_KEY_VARIABLE)
    file = asked.data / "secrets.json"
    if not (url and key) and file.exists():
        demo = state.load(file)
        url, key = url or demo.base_url, key or demo.api_key
    if not url or not key:
        raise CannotAsk(f"give --url and --key, or set {API_URL_VARIABLE} and {API_KEY_VARIABLE}.")
    return url.rstrip("/"), key


async def _get(http: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    async with http.get(url) as response:
        try:
            body: dict[str, Any] = msgspec.json.decode(await response.read(), type=dict[str, Any])
        except msgspec.DecodeError:
            raise CannotAsk(f"the server answered {response.status}, and no JSON.") from None
    if response.status != 200:
        raise CannotAsk(f"{body.get('code', response.status)}: {body.get('detail', 'no reason was given.')}")
    return body


def _text(found: dict[str, Any]) -> str:
    """A few lines: the appointment, the verdict, what fails first."""
    appointment = found["appointment"]
    verdict = "The link is usable." if found["usable"] else "There is no usable link:"
    failing = [check for check in found["checks"] if not check["passed"]]
    lines = [_line(check) for check in sorted(failing, key=lambda check: not check["blocking"])]
    passed = len(found["checks"]) - len(failing)
    foot = f"  {passed} of {len(found['checks'])} checks passed."
    head = [appointment["id"], appointment["starts_at"], appointment["practitioner_name"] or ""]
    return "\n".join(["  ".join(head).rstrip(), verdict, *lines, foot])


def _line(check: dict[str, Any]) -> str:
    mark = "✗" if check["blocking"] else "!"
    return f"  {mark} {check['code']}: {check['message']} ({check['who']}: {check['where']})"
