"""The one body reader. Nothing else reads a request's body: aiohttp's own `request.json()` answers 500 to
an empty body, `{`, bad UTF-8 or a number of 5,000 digits, and takes JSON sent as text/plain, which a
foreign page may send unasked.
"""

import asyncio
import zlib

from aiohttp import web
from aiohttp.http_exceptions import ContentLengthError, TransferEncodingError

from rooms.errors import Refusal
from signalling.http import jsontext
from signalling.http.jsontext import Malformed

LARGEST_BODY = 128 * 1024
"""Bytes, before and after decompression. An appointment with eight guests is 4 kB; 100,000 brackets
must still be read to be told that they are too deep.
"""

BODY_WITHIN = 10.0
"""Seconds for the whole body. Headers have their own deadline (`signalling.http.server`)."""

MERGE_PATCH = "application/merge-patch+json"
"""RFC 7396's own type, taken beside application/json where a request merges."""

_WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
"""zlib's `wbits` of the two compressions we read (RFC 9110, 8.4.1)."""


class Unsupported(Refusal):
    """415: a type, charset or encoding we do not read."""


class TooLarge(Refusal):
    """413."""


class TooSlow(Refusal):
    """408."""


async def read(request: web.Request, *, merge: bool = False) -> tuple[bytes, object]:
    """The body as it came (decompressed) and the JSON value it holds. Raises a `Refusal`."""
    compression = _compression(request)
    raw = _unpacked(await _read_bytes(request), compression)
    if not raw:
        raise Malformed("body_required", "Send a JSON object as the body.")
    _check_type(request, merge)
    text = jsontext.decode(raw)
    _check_charset(request)
    return raw, jsontext.parse(text)


def _compression(request: web.Request) -> str:
    named = request.headers.get("Content-Encoding", "").strip().lower()
    if named not in {"", "identity", *_WINDOWS}:
        raise Unsupported("encoding_unsupported", "Send the body uncompressed, or with gzip or deflate.")
    return named


def _unpacked(raw: bytes, compression: str) -> bytes:
    """Not a byte more than the limit is unpacked of a bomb (10 kB may be 10 MB): aiohttp may not."""
    if not raw or compression not in _WINDOWS:
        return raw
    unpacker = zlib.decompressobj(_WINDOWS[compression])
    try:
        unpacked = unpacker.decompress(raw, LARGEST_BODY + 1)
    except zlib.error:
        raise _not_as_declared() from None
    if len(unpacked) > LARGEST_BODY:
        raise _too_large()
    if not unpacker.eof or unpacker.unused_data:
        raise _not_as_declared()
    return unpacked


def _check_type(request: web.Request, merge: bool) -> None:
    if request.content_type == "application/json" or (merge and request.content_type == MERGE_PATCH):
        return
    raise Unsupported("content_type_unsupported", "Send the body as application/json.")


def _check_charset(request: web.Request) -> None:
    if (request.charset or "utf-8").lower() not in {"utf-8", "utf8"}:
        raise Unsupported("charset_unsupported", "JSON is UTF-8; leave the charset out.")


async def _read_bytes(request: web.Request) -> bytes:
    """Chunk by chunk, so that a body without a length is dropped where it passes the limit."""
    if (request.content_length or 0) > LARGEST_BODY:
        raise _too_large()
    parts = bytearray()
    try:
        async with asyncio.timeout(BODY_WITHIN):
            while chunk := await request.content.readany():
                parts += chunk
                if len(parts) > LARGEST_BODY:
                    raise _too_large()
    except TimeoutError:
        raise TooSlow(
            "request_timeout", f"The body did not arrive within {BODY_WITHIN:.0f} seconds."
        ) from None
    except (web.RequestPayloadError, ContentLengthError, TransferEncodingError, ConnectionError):
        # The last: whoever sent it has gone, and nobody reads this answer.
        raise _not_as_declared() from None
    return bytes(parts)


def _too_large() -> TooLarge:
    return TooLarge("body_too_large", f"Send at most {LARGEST_BODY // 1024} KiB.")


def _not_as_declared() -> Malformed:
    return Malformed("encoding_invalid", "The body does not match its declared encoding.")
