"""`Retry-After` (RFC 9110 10.2.3): how long a receiver asks to be left alone."""

import datetime as dt
import re
from email.utils import parsedate_to_datetime

_MOST = 10**9
"""Milliseconds that are read, 11 days: whoever honours it has a limit of their own."""


def milliseconds(text: str | None, now: dt.datetime) -> int:
    """From `now` on; 0 where nothing was asked, or what was is past or neither seconds nor a date."""
    if text is None:
        return 0
    text = text.strip()
    if re.fullmatch(r"[0-9]+", text, re.ASCII):
        return min(int(text[:10]) * 1000, _MOST)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0
    if at.tzinfo is None:  # "-0000" is UTC of nobody knows where (RFC 5322)
        at = at.replace(tzinfo=dt.UTC)
    return min(max(0, round((at - now).total_seconds() * 1000)), _MOST)
