"""Settings for every test."""

import gc
import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings

# The same examples each time: a red test stays red until it is mended. No deadline: machines differ.
settings.register_profile("default", derandomize=True, deadline=None)
settings.register_profile(
    "ci",
    parent=settings.get_profile("default"),
    suppress_health_check=[HealthCheck.too_slow],  # a busy machine is not a fault of the test
    print_blob=True,
)
settings.load_profile("ci" if os.environ.get("CI") else "default")

# Particles that tests infer are kept apart from those of whoever runs them, for all workers and next time.
_CACHE = f"evalsched-tests-{os.environ.get('USER', '')}"
os.environ["EVALSCHED_CACHE"] = str(Path(tempfile.gettempdir()) / _CACHE)


def pytest_collection_finish():
    """Modules and tests stay to the end: whoever looks for garbage need not look through them each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
