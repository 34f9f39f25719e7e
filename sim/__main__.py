"""The command `sim`, as a script and as `python -m sim`."""

import os
import sys

if __name__ == "__main__" and not sys.flags.safe_path:
    # `python -m` looks for modules in the current directory first, so that a random.py beside a scenario
    # would take the place of Python's own. It comes last instead: sim is found there if it is not installed.
    sys.path.append(sys.path.pop(0))

try:
    from sim.cli.interrupt import run_interruptibly
except KeyboardInterrupt:  # in the hundredths of a second before it is there to answer
    print("sim: stopped", file=sys.stderr)
    sys.exit(130)


def main() -> int:
    """Run the command that the arguments of this process ask for; return its exit code."""
    # Worker processes begin as `python -c`, which looks in the current directory first, too.
    os.environ.setdefault("PYTHONSAFEPATH", "1")
    # A process beside them frees the locks of one that was ended, and is not to warn of it.
    warnings = (os.environ.get("PYTHONWARNINGS"), "ignore:resource_tracker")
    os.environ["PYTHONWARNINGS"] = ",".join(filter(None, warnings))
    return run_interruptibly(_command)


def _command() -> int:
    from sim.cli.process import run_process

    return run_process()


if __name__ == "__main__":
    sys.exit(main())
