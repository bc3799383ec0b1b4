"""The one body reader. Nothing else reads a request's body: aiohttp's own `request.json()` answers 500 to
most of RELIABILITY 5, rows 1-14, and takes JSON sent as text/plain, which a foreign page may send unasked.
"""

import asyncio

from aiohttp import web
from aiohttp.http_exceptions import ContentLengthError, TransferEncodingError
from aiohttp.web_exceptions import HTTPRequestEntityTooLarge

from rooms.errors import Refusal
from signalling.http import jsontext
from signalling.http.jsontext import Malformed

LARGEST = 128 * 1024
"""Bytes, after decompression. An appointment with eight guests is 4 kB; row 7's 100,000 brackets must still
be read to be told what is wrong with them.
"""

WITHIN = 10.0
"""Seconds for the whole body. Headers have their own deadline (`signalling.http.server`)."""

MERGE_PATCH = "application/merge-patch+json"
"""RFC 7396's own type, taken beside application/json where a request merges."""

_ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})


class Unsupported(Refusal):
    """415: a type, charset or encoding we do not read."""


class TooLarge(Refusal):
    """413."""


class TooSlow(Refusal):
    """408."""


async def read(request: web.Request, *, merge: bool = False) -> tuple[bytes, object]:
    """The body as it came (decompressed) and the JSON value it holds. Raises a `Refusal`."""
    _check_encoding(request)
    raw = await _read_bytes(request)
    if not raw:
        raise Malformed("body_required", "Send a JSON object as the body.")
    _check_type(request, merge)
    text = jsontext.decode(raw)
    _check_charset(request)
    return raw, jsontext.parse(text)


def _check_encoding(request: web.Request) -> None:
    if request.headers.get("Content-Encoding", "").strip().lower() not in _ENCODINGS:
        raise Unsupported("encoding_unsupported", "Send the body uncompressed, or with gzip or deflate.")


def _check_type(request: web.Request, merge: bool) -> None:
    if request.content_type == "application/json" or (merge and request.content_type == MERGE_PATCH):
        return
    raise Unsupported("content_type_unsupported", "Send the body as application/json.")


def _check_charset(request: web.Request) -> None:
    if (request.charset or "utf-8").lower() not in {"utf-8", "utf8"}:
        raise Unsupported("charset_unsupported", "JSON is UTF-8; leave the charset out.")


async def _read_bytes(request: web.Request) -> bytes:
    """Chunk by chunk, so that a bomb is dropped when it passes the limit and not when it is unpacked."""
    if (request.content_length or 0) > LARGEST:
        raise _too_large()
    parts = bytearray()
    try:
        async with asyncio.timeout(WITHIN):
            while chunk := await request.content.readany():
                parts += chunk
                if len(parts) > LARGEST:
                    raise _too_large()
    except TimeoutError:
        raise TooSlow("request_timeout", f"The body did not arrive within {WITHIN:.0f} seconds.") from None
    except HTTPRequestEntityTooLarge:
        raise _too_large() from None
    except (web.RequestPayloadError, ContentLengthError, TransferEncodingError):
        raise Malformed("encoding_invalid", "The body does not match its declared encoding.") from None
    return bytes(parts)


def _too_large() -> TooLarge:
    return TooLarge("body_too_large", f"Send at most {LARGEST // 1024} KiB.")
