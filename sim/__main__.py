"""`python -m sim` is the command `sim`."""

import sys

from sim.cli.app import main

sys.exit(main())
