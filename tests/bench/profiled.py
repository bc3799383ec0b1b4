"""A server whose profile can be switched on and off from outside: SIGUSR1 begins, SIGUSR2 ends and writes it.

`python -m tests.bench.profiled <file> ours|bare <the server's own arguments>`
"""

import cProfile
import signal
import sys
from pathlib import Path
from types import FrameType

from tests.bench import bare

_PROFILE = cProfile.Profile()


def main() -> None:
    """Run the server named on the command line."""
    file, server = Path(sys.argv[1]), sys.argv[2]
    sys.argv[1:] = sys.argv[3:]

    def begin(_number: int, _frame: FrameType | None) -> None:
        _PROFILE.enable()

    def end(_number: int, _frame: FrameType | None) -> None:
        _PROFILE.disable()
        unfinished = file.with_suffix(".part")
        _PROFILE.dump_stats(unfinished)
        unfinished.rename(file)
        _PROFILE.clear()

    signal.signal(signal.SIGUSR1, begin)
    signal.signal(signal.SIGUSR2, end)
    if server == "bare":
        bare.main()
    else:
        # Imported here so that the bare relay's memory and start are its own.
        from signalling.cli import main as serve  # noqa: PLC0415

        sys.exit(serve())


if __name__ == "__main__":
    main()
