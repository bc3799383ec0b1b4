"""The pages and what they load: read once at start, so that no request ever touches a file system path.

Looking at a page changes nothing and counts as nothing (A5): these handlers know no service at all.
"""

import hashlib
import re
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from aiohttp import hdrs, web
from aiohttp.helpers import ETAG_ANY
from aiohttp.typedefs import Handler

from rooms.errors import NotFound

WEB_FOLDER = Path(__file__).parents[2] / "web"
"""`web/` beside `signalling/`, in a checkout and where both are installed."""

PAGES = {
    "/j": "join/index.html",
    "/p": "practice/index.html",
    "/s": "staff/index.html",
    "/a": "address/index.html",
}
"""CONTRACT's links, and the bookmarkable address (A8). Token and address stay in the fragment and never come
here, unless a mail gateway wrote its `#` as `%23` (see `_BROKEN`)."""

BOOK_PAGE = "book/index.html"

COMPONENTS_PAGE = "gallery/index.html"
"""Every component and state on one page, with made-up data; for whoever works on the pages (I)."""

HOME_PAGE = "home/index.html"
"""What this is, and which link leads where."""

MISSING_PAGE = "home/missing.html"
"""What a browser is shown where nothing is."""

_BROKEN = "/{page:/*[%s%s](?:[^A-Za-z0-9].*|[A-Za-z0-9_-]{8}[.].*)?}"
"""A page's address with more behind it: `/j%23TOKEN` and `/j%2523TOKEN` of mail gateways, `/jTOKEN` of those
that drop the sign, `/j/#TOKEN`, `/J#`, `/j)`, `//j#`. The page itself is the answer. A redirect would write
the token into one more header, and into every log of it on the way; the page takes it out of the address
before it asks for anything (A4).
"""

_FOR_PROGRAMS = ("/v1/", "/ws/", "/assets/", "/metrics", "/healthz", "/readyz")
"""Where a browser, too, is told of a mistake in JSON: whoever opens these looks for just that."""

_SHOWN = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND})
"""Refusals of an address, as opposed to troubles of ours: a token behind `?` is one of the first."""

_READING = frozenset({hdrs.METH_GET, hdrs.METH_HEAD})

_KINDS = frozenset({"text/html", "application/json", "application/problem+json"})
_NONE = re.compile(r"q=0(\.0*)?\s*$")

_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
"""What is served at all; a README in `web/` is not."""

_TEXT = ("text/", "application/json", "image/svg")


class Asset(msgspec.Struct, frozen=True):
    """One file of `web/`."""

    body: bytes
    content_type: str
    etag: str


class Pages:
    """The handlers, over a snapshot of `folder`. `public_url` is where browsers open their socket."""

    def __init__(self, public_url: str, folder: Path = WEB_FOLDER) -> None:
        self._assets = _snapshot(folder)
        self._headers = _page_headers(public_url)

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add every route. `add_get` answers HEAD too, and nothing else."""
        for path, file in PAGES.items():
            router.add_get(path, self._page(file))
            letter = path[1:]
            router.add_get(_BROKEN % (letter, letter.upper()), self._page(file))
        router.add_get("/", self._page(HOME_PAGE))
        router.add_get("/b/{clinic:.+}", self._page(BOOK_PAGE))
        router.add_get("/{page:/*[bB]/+[^/].*}", self._page(BOOK_PAGE))
        router.add_get("/components", self._page(COMPONENTS_PAGE))
        router.add_get("/assets/{path:.+}", self.asset)
        router.add_get("/favicon.ico", no_icon)

    def _page(self, file: str) -> Handler:
        async def page(request: web.Request) -> web.StreamResponse:
            return self._show(file)

        return page

    def _show(self, file: str, status: int = HTTPStatus.OK) -> web.Response:
        found = self._find(file)
        return web.Response(
            body=found.body,
            status=status,
            content_type=found.content_type,
            charset="utf-8",
            headers=self._headers,
        )

    def in_words(self, request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
        """What a person is shown in place of a problem that says there is nothing at this address; every
        other answer as it is. The page repeats nothing of the address.
        """
        if answer.status not in _SHOWN or request.method not in _READING:
            return answer
        if request.path.startswith(_FOR_PROGRAMS) or not _wants_a_page(request.headers.get("Accept", "")):
            return answer
        shown = self._show(MISSING_PAGE, answer.status)
        shown.headers["Vary"] = "Accept"
        return shown

    async def asset(self, request: web.Request) -> web.StreamResponse:
        """One file, asked for again only if it changed."""
        found = self._find(request.match_info["path"])
        response = web.Response(headers={"Cache-Control": "no-cache"})
        response.etag = found.etag
        if any(known.value in {found.etag, ETAG_ANY} for known in request.if_none_match or ()):
            response.set_status(304)
            return response
        response.body, response.content_type = found.body, found.content_type
        if found.content_type.startswith(_TEXT):
            response.charset = "utf-8"
        return response

    def _find(self, path: str) -> Asset:
        # A lookup by name: `..`, `%2f` and links out of the folder are names that are not there.
        if path not in self._assets:
            raise NotFound("not_found", "There is nothing here.")
        return self._assets[path]


def _wants_a_page(accept: str) -> bool:
    """Whether HTML is named, and nothing for programs before it (RFC 9110, 12.5.1): as browsers ask. A client
    that takes anything gets a problem.
    """
    named = [part.partition(";") for part in accept.lower().split(",")]
    first = next((kind.strip() for kind, _, _ in named if kind.strip() in _KINDS), "")
    refused = any(kind.strip() == first and _NONE.search(weight) for kind, _, weight in named)
    return first == "text/html" and not refused


async def no_icon(request: web.Request) -> web.StreamResponse:
    """Browsers ask unasked; nothing is there, and that is no error."""
    return web.Response(status=204, headers={"Cache-Control": "max-age=86400"})


def _snapshot(folder: Path) -> dict[str, Asset]:
    return {
        file.relative_to(folder).as_posix(): _asset(file)
        for file in sorted(folder.rglob("*"))
        if file.suffix in _TYPES
        and file.is_file()
        and file.resolve() == folder.resolve() / file.relative_to(folder)
    }


def _asset(file: Path) -> Asset:
    body = file.read_bytes()
    return Asset(body, _TYPES[file.suffix], hashlib.sha256(body).hexdigest()[:32])


def _page_headers(public_url: str) -> dict[str, str]:
    """Nothing inline, nothing from elsewhere, in nobody's frame; camera and microphone for ourselves only."""
    public = urlsplit(public_url)
    # Safari before 15.4 does not count a socket to the same host as 'self'.
    socket = f"{'wss' if public.scheme == 'https' else 'ws'}://{public.netloc}"
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "media-src": "'self' blob:",
        "font-src": "'self'",
        "manifest-src": "'self'",
        "connect-src": f"'self' {socket}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    devices = "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=()"
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Permissions-Policy": devices,
        "Cross-Origin-Opener-Policy": "same-origin",
    }
