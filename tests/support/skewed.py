"""A server process on a machine whose clock is wrong, and may be set while it runs: `python -m
tests.support.skewed <file>`, where the file says by how many milliseconds it is ahead.
"""

import logging
import os
import sys
from pathlib import Path

from signalling import config, serve
from signalling.clock import StoreClock, wall
from tests.support.server import RunningServer


class SkewedServer(RunningServer):
    """A process on another's Redis, for the same pages."""

    def __init__(self, folder: Path, other: RunningServer, ahead: int) -> None:
        super().__init__(folder, {**other._settings, "CONSULTROOM_PUBLIC_URL": other.base_url})
        self.redis, self.keys, self.admin_key = other.redis, other.keys, other.admin_key
        self._file = folder / "ahead"
        self.set_clock(ahead)
        self.program = ("-m", "tests.support.skewed", str(self._file))

    def set_clock(self, ahead: int) -> None:
        """So many milliseconds ahead of the real time."""
        whole = self._file.with_suffix(".new")
        whole.write_text(str(ahead))
        whole.replace(self._file)

    def end(self) -> None:
        """The Redis is the other's."""
        if self._process and self._process.poll() is None:
            self.stop()


def main() -> int:
    """Serve."""
    logging.basicConfig(level=logging.INFO)
    file = Path(sys.argv[1])
    return serve.main(config.load(os.environ), StoreClock(lambda: wall() + int(file.read_text())))


if __name__ == "__main__":
    sys.exit(main())
