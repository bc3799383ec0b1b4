"""The pages and what they load, and nothing else of the folder (A5, RELIABILITY 7)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser

from signalling.http.pages import BOOK_PAGE, COMPONENTS_PAGE, HOME_PAGE, MISSING_PAGE, PAGES, WEB_FOLDER
from tests.http.machinery import build
from tests.http.serving import Served, serve

ALL = (*PAGES.values(), BOOK_PAGE, COMPONENTS_PAGE, HOME_PAGE, MISSING_PAGE)

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"}

SECRET = "Ab3_-xyz.AQHx9_-kQm3Zt0pLcQ.u8_-3kQm3Zt0pLcQAb3xyzAQHx9kQm3Zt0pLcQ-_a8I"
"""A token's shape."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small `web/`, with things that must not be served in and beside it."""
    place = tmp_path_factory.mktemp("site")
    (place / "secret.js").write_text("outside")
    root = place / "web"
    for name in ALL:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"<!doctype html><title>{name}</title>")
    (root / "join/join.js").write_text(
        "const socket = new WebSocket(`ws://${location.host}/socket`);"
        "socket.onopen = () => { document.title = 'open'; };"
        "socket.onerror = () => { document.title = 'refused'; };"
    )
    (root / "join/index.html").write_text(
        "<!doctype html><title>join</title><body><script>document.body.id = 'inline'</script>"
        '<script src="/assets/join/join.js"></script>'
    )
    (root / "README.md").write_text("not for visitors")
    (root / "join/out.js").symlink_to(place / "secret.js")
    return root


@pytest_asyncio.fixture(scope="module")
async def served(folder: Path) -> AsyncIterator[Served]:
    async def socket(request: web.Request) -> web.WebSocketResponse:
        response = web.WebSocketResponse()
        await response.prepare(request)
        async for _ in response:
            pass
        return response

    app = build(web_folder=folder)
    app.router.add_get("/socket", socket)
    async with serve(app) as running:
        yield running


@pytest.mark.parametrize("path", ["/", "/j", "/p", "/s", "/a", "/b/sunrise", "/components"])
async def test_pages(served: Served, path: str) -> None:
    reply = await served.call("GET", path)
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Permissions-Policy"].startswith("camera=(self), microphone=(self)")
    policy = reply.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "connect-src 'self' wss://visit.example.org;" in policy
    head = await served.call("HEAD", path)
    assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", str(len(reply.body)))


@pytest.mark.parametrize("page", [*PAGES, "/J", "/b/@"])
@pytest.mark.parametrize(
    "broken", ["%23{}", "%2523{}", "/{}", "/%23{}", "%23{}?utm_source=x", "{}", "/", ")", "%20%23{}", ";{}"]
)
async def test_a_link_whose_sign_a_gateway_changed_opens_its_page_and_is_written_nowhere(
    served: Served, caplog: pytest.LogCaptureFixture, page: str, broken: str
) -> None:
    caplog.set_level(0)
    whole = (await served.call("GET", page)).body
    for path in (f"{page}{broken.format(SECRET)}", f"/{page}{broken.format(SECRET)}"):
        reply = await served.call("GET", path)
        assert (reply.status, reply.body) == (200, whole)
        assert reply.headers["Referrer-Policy"] == "no-referrer"
        assert SECRET not in str(reply.headers)
    assert SECRET not in (await served.call("GET", "/metrics")).body.decode()
    assert SECRET not in caplog.text


@pytest.mark.parametrize("path", ["/xyz", "/join", "/j5", "/b/", f"/x%23{SECRET}", "/index.html"])
async def test_a_browser_is_told_in_words_that_nothing_is_there(served: Served, path: str) -> None:
    """And a program in JSON, as ever."""
    reply = await served.call("GET", path, headers=BROWSER)
    assert (reply.status, reply.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert MISSING_PAGE.encode() in reply.body
    assert SECRET.encode() not in reply.body
    assert reply.headers["Vary"] == "Accept"
    assert "default-src 'none'; script-src 'self'" in reply.headers["Content-Security-Policy"]
    head = await served.call("HEAD", path, headers=BROWSER)
    assert (head.status, head.headers["Content-Length"]) == (404, str(len(reply.body)))
    for accept in ("*/*", "application/json", "application/problem+json, text/html", "text/html;q=0", ""):
        assert (await served.call("GET", path, headers={"Accept": accept})).code == "not_found"
    assert (await served.call("POST", path, headers=BROWSER)).code == "not_found"


async def test_a_token_behind_a_question_mark_is_refused_in_words(served: Served) -> None:
    reply = await served.call("GET", f"/j?token={SECRET}", headers=BROWSER)
    assert (reply.status, MISSING_PAGE.encode() in reply.body) == (400, True)
    assert (await served.call("GET", f"/j?token={SECRET}")).code == "token_in_url"


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/booking/x", "/assets/nothing.css"])
async def test_whoever_opens_the_api_in_a_browser_is_told_in_json(served: Served, path: str) -> None:
    assert (await served.call("GET", path, headers=BROWSER)).code == "not_found"


async def test_assets_are_asked_for_again_only_if_they_changed(served: Served) -> None:
    reply = await served.call("GET", "/assets/join/join.js")
    assert reply.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert reply.headers["Cache-Control"] == "no-cache"
    tag = reply.headers["ETag"]
    again = await served.call("GET", "/assets/join/join.js", headers={"If-None-Match": f'"x", {tag}'})
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    assert (await served.call("GET", "/assets/join/join.js", headers={"If-None-Match": '"x"'})).status == 200


@pytest.mark.parametrize("path", ["README.md", "join/out.js", "../secret.js", "join", "join/", "nothing.css"])
async def test_only_files_of_the_folder(served: Served, path: str) -> None:
    assert (await served.call("GET", f"/assets/{path}")).status == 404


async def test_no_icon_is_no_error(served: Served) -> None:
    assert (await served.call("GET", "/favicon.ico")).status == 204


def test_the_shipped_pages_are_there() -> None:
    for name in ALL:
        assert (WEB_FOLDER / name).is_file()


@pytest.mark.browser
async def test_the_policy_in_chromium(served: Served, chromium: Browser) -> None:
    """A socket to ourselves opens, and no inline script runs."""
    context = await chromium.new_context()
    page = await context.new_page()
    await page.goto(f"{served.url}/j")
    await page.wait_for_function("document.title === 'open' || document.title === 'refused'")
    assert await page.title() == "open"
    assert await page.evaluate("document.body.id") == ""
    await context.close()


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/", "/nothing", "/j", "/p", "/s", "/a", "/b/sunrise", "/components"])
async def test_the_shipped_pages_keep_to_the_policy(chromium: Browser, path: str) -> None:
    """Nothing inline, nothing missing, nothing from elsewhere."""
    async with serve(build()) as server:
        context = await chromium.new_context()
        page = await context.new_page()
        said: list[str] = []
        asked: list[tuple[str, int]] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("response", lambda response: asked.append((response.url, response.status)))
        await page.goto(server.url + path, wait_until="networkidle")
        await context.close()
    assert not [text for text in said if "Content Security Policy" in text]
    assert len(asked) > 1
    # There is no API here.
    shown = {status for url, status in asked if "/v1/" not in url and not url.endswith("/nothing")}
    assert shown <= {200, 204}, asked
    assert all(url.startswith(server.url) for url, _ in asked)
