"""The rows of a folder of results."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.folder.rows import part_files


def read_rows(out: Path) -> Any:
    """Read all rows below `out` as one Arrow table (pyarrow has no types), in order of replication."""
    return pa.concat_tables([pq.read_table(path) for path in part_files(out)])
