"""One server process whose machine's clock is ahead by the milliseconds given; `tests.bench.skew` starts it
by its path, so that it serves from the checkout that PYTHONPATH names.
"""

import importlib
import logging
import os
import sys
import time

from signalling import config, serve


def main() -> int:
    """Serve; also from a checkout older than the store's clock, where `serve.now` was the time."""
    ahead = int(sys.argv[1])
    settings = config.load(os.environ)

    def wall() -> int:
        return time.time_ns() // 1_000_000 + ahead

    if hasattr(serve, "now"):
        serve.now = wall
        return serve.main(settings)
    return serve.main(settings, importlib.import_module("signalling.clock").StoreClock(wall))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    sys.exit(main())
