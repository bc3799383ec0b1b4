"""`--rooms-covered`: fail unless every branch of `rooms/` outside `rooms/store/` ran. What decides is tested
whole."""

import io
from collections.abc import Generator

import coverage
import pytest

OPTION = "--rooms-covered"
WHOLE = 100.0


def add_option(parser: pytest.Parser) -> None:
    """Offer the option; it needs `--cov`."""
    parser.addoption(
        OPTION, action="store_true", help="fail below 100 %% branch coverage of rooms/ outside rooms/store/"
    )


class CoverageFloor:
    """Looks when pytest-cov has written what all processes measured, and fails the session before it is
    summed up."""

    def __init__(self) -> None:
        self._report = ""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Outermost, so that pytest-cov's own part, which saves the data, has run."""
        result = yield
        measured = coverage.Coverage()
        measured.load()
        text = io.StringIO()
        total = measured.report(file=text, include=["rooms/*"], omit=["rooms/store/*"], show_missing=True)
        if total < WHOLE:
            self._report = text.getvalue()
            session.testsfailed += 1
        return result

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what did not run."""
        if self._report:
            terminalreporter.section("rooms/ must be covered whole, branches too", red=True)
            terminalreporter.write(self._report)
