"""`--cluster`: play on the workers of a Dask scheduler instead of here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from sim.cli.errors import BadInputError, at_least_one

if TYPE_CHECKING:
    from sim.execute.cluster import Cluster

Address = Annotated[
    str | None,
    Parameter(
        name="--cluster",
        help="Play on a Dask cluster: its scheduler, as in tcp://HOST:8786, or tls:// by TLS.",
    ),
]


def check_place(cluster: str | None, jobs: int | None) -> None:
    """Refuse too few processes, what is no address of a scheduler, and two places to play at; early."""
    at_least_one("--jobs", jobs)
    if cluster is None:
        return
    if jobs is not None:
        raise BadInputError("--jobs and --cluster: expected one of them")
    from sim.execute.cluster import check_address

    try:
        check_address(cluster)
    except ValueError as error:
        raise BadInputError(str(error)) from None


@contextmanager
def open_cluster(address: str | None) -> Iterator[Cluster | None]:
    """Connect to a cluster for as long as the block lasts; None where none is asked for."""
    if address is None:
        yield None
        return
    from sim.execute.cluster import Cluster, ClusterError

    try:
        cluster = Cluster(address)
    except ClusterError as error:
        raise BadInputError(str(error)) from None
    with cluster:
        yield cluster
