"""Prints every figure that was asked of reports and pages, beside its bar.

    python -m benchmarks.pages
    python -m benchmarks.pages --hold 2

With `--hold` it fails where a time or a memory is more than so many times its bar, or anything else
beyond it; a slower machine is given more, as much as a loop of Python and NumPy takes longer there.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.pages.browser import a_browser
from benchmarks.pages.explorer import explorer_measures
from benchmarks.pages.live import live_measures
from benchmarks.pages.measure import slowness, tell
from benchmarks.pages.reports import report_measures


def main() -> int:
    """Print the tables; 1 where `--hold` was given and something is not held."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--hold", type=float, metavar="FACTOR", help="fail beyond so many times a bar")
    factor = parser.parse_args().hold
    slow = slowness()
    with tempfile.TemporaryDirectory() as scratch, a_browser() as browser:
        found = tell("reports", report_measures(browser, Path(scratch)))
        found += tell("page of sim explore", explorer_measures(browser))
        found += tell("live page, from its file", live_measures(browser, Path(scratch)))
    slow = max(slow, slowness())
    missed = [each.what for each in found if factor and not each.holds(factor, slow)]
    if factor:
        print(f"\nA time may be {factor:g} times its bar; {slow:.2f} times that on this machine.")
        print("\n".join(f"Not held: {each}" for each in missed) or "All held.")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
