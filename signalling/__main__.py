"""`python -m signalling` is `consultroom`."""

import sys

from signalling.cli import main

sys.exit(main())
