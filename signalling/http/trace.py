"""Request ids, and log lines that hold no more than they should (RELIABILITY 7.1)."""

import json
import logging
import secrets
import traceback

from aiohttp import web

REQUEST_ID = web.RequestKey("request_id", str)
"""Where a request's id is kept."""


def new_request_id() -> str:
    """96 random bits. Never the caller's own X-Request-Id, which could carry anything into the log."""
    return secrets.token_urlsafe(12)


def line(logger: logging.Logger, level: int, event: str, **facts: object) -> None:
    """One structured line: a JSON object on its own, so that any collector reads it without a parser of
    ours.
    """
    if logger.isEnabledFor(level):
        logger.log(level, "%s", json.dumps({"event": event, **facts}))


def where(error: BaseException) -> list[str]:
    """The frames an exception came through, without its message, which may quote what somebody sent."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
