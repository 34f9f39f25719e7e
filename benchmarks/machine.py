"""What a time was measured on, without a word on whose machine it is."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

import numpy as np

from sim.execute.runner import count_cores


def described() -> str:
    """Processor, cores, memory, system and versions on one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    release = ".".join(platform.release().split(".")[:2])
    return (
        f"{processor()}, {count_cores()} cores, {memory:.0f} GB, {platform.system()} {release}, "
        f"Python {platform.python_version()}, NumPy {np.__version__}."
    )


def processor() -> str:
    """The processor's name as Linux tells it, else its architecture."""
    try:
        told = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        told = None
    return told[1] if told else platform.machine()
