"""The process of one command: what it does about memory that a person's own Python session is spared."""

from __future__ import annotations

import gc

from sim.cli.app import run_command
from sim.execute.allocator import keep_freed_memory


def run_process() -> int:
    """Run the command that the arguments ask for, and return its exit code.

    Python looks for unused objects again and again while libraries are loaded, and once more when all is
    over: an eighth of a short command. What is loaded stays to the end, so that there is nothing to find.
    `run_command` lets it look from the moment on in which the command is called.
    """
    keep_freed_memory()
    gc.disable()
    code = run_command()
    gc.freeze()
    return code
