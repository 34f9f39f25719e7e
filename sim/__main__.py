"""The command `sim`, as a script and as `python -m sim`."""

import os
import sys

from sim.cli.interrupt import run_interruptibly


def main() -> int:
    """Run the command that the arguments of this process ask for; return its exit code."""
    # Worker processes begin as `python -c`, which looks for modules in the current directory first: a
    # random.py beside a scenario must not take the place of Python's own.
    os.environ.setdefault("PYTHONSAFEPATH", "1")
    return run_interruptibly(_command)


def _command() -> int:
    from sim.cli.app import main

    return main()


if __name__ == "__main__":
    # `python -m` puts the current directory first, too. Here it comes last: it is needed only where sim is
    # found nowhere else, as in a checkout that is not installed.
    if not sys.flags.safe_path:
        sys.path.append(sys.path.pop(0))
    sys.exit(main())
