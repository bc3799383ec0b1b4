"""What every test may ask for: a real server on a real Redis, a real browser; and what no run may do: skip in
CI."""

import os
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import settings
from playwright.async_api import Browser, Page

from tests.support import chromium as browsers
from tests.support import coverage_floor
from tests.support.server import RunningServer

ASKED_FOR = {"soak": "the tests that take minutes", "fresh": "those that install from a package index"}
"""Marks whose tests run only with the option of the same name."""

LONGEST = "test_outages.py"
"""It waits for minutes, so it begins at once."""

EARLY = 0.8
"""The share of a run, by files, that the calls are spread over: the last of them ends well before it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Our own options."""
    for mark, what in ASKED_FOR.items():
        parser.addoption(f"--{mark}", action="store_true", help=f"run {what}, too")
    coverage_floor.add_option(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Look at coverage only when asked to: a part of the tests covers a part."""
    # A property is about answers; how long one takes on two busy cores says nothing.
    settings.register_profile("consultroom", deadline=None)
    settings.load_profile("consultroom")
    is_worker = hasattr(config, "workerinput")
    if config.getoption(coverage_floor.OPTION) and not is_worker:
        config.pluginmanager.register(coverage_floor.CoverageFloor())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what runs only when asked for."""
    unasked = {mark for mark in ASKED_FOR if not config.getoption(f"--{mark}")}
    left_out = [item for item in items if unasked & set(item.keywords)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = _calls_among_the_rest([item for item in items if item not in left_out])


def _calls_among_the_rest(items: list[pytest.Item]) -> list[pytest.Item]:
    """Files that make calls come from the first on, and each beside some that make none: two cores carry one
    call well and three badly, and a minute's outage at the end of a run would be waited for by itself.
    """
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    calls = [each for each in files.values() if each[0].get_closest_marker("media")]
    rest = [each for each in files.values() if not each[0].get_closest_marker("media")]
    # The longest waits first.
    calls.sort(key=lambda each: each[0].path.name != LONGEST)
    spread = sorted([*_spread(calls, EARLY), *_spread(rest, 1.0)], key=lambda at: at[0])
    return [item for _, file in spread for item in file]


def _spread(files: list[list[pytest.Item]], share: float) -> Iterator[tuple[float, list[pytest.Item]]]:
    """Each with its place between 0 and 1, all of them evenly over the first `share` of a run."""
    return ((share * number / len(files), file) for number, file in enumerate(files))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test skipped in CI has not shown what it is there to show."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and in CI nothing may be: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all tests that leave it as it is; each makes a clinic of its own."""
    with RunningServer(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[RunningServer]:
    """A server to kill, stop and start again."""
    # Whoever kills its Redis counts what was acknowledged.
    with RunningServer(tmp_path, sync="always") as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def whole_chromium() -> AsyncIterator[Browser]:
    """With all that makes a call."""
    async with browsers.launched() as browser:
        yield browser


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def headless_shell() -> AsyncIterator[Browser]:
    """The same engine without a window's machinery: a third less CPU for each test of a page."""
    async with browsers.launched(program=browsers.SHELL) as browser:
        yield browser


@pytest.fixture
def chromium(request: pytest.FixtureRequest) -> Browser:
    """The one browser of all tests that need one like it; a context is one person."""
    is_call = request.node.get_closest_marker("media") is not None
    browser: Browser = request.getfixturevalue("whole_chromium" if is_call else "headless_shell")
    return browser


@pytest_asyncio.fixture
async def page(chromium: Browser) -> AsyncIterator[Page]:
    """A page of a person of its own."""
    context = await chromium.new_context()
    try:
        yield await context.new_page()
    finally:
        await context.close()
