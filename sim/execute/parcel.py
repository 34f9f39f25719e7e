"""Groups as they travel to workers of our own: as bytes that only name the pasts that workers have already.

A past takes megabytes, and to send one takes longer than to play ten thousand replications again.
"""

from __future__ import annotations

import copyreg
import pickle
from collections import ChainMap, Counter
from collections.abc import Collection, Iterable, Mapping
from io import BytesIO
from typing import Any, ClassVar

from sim.execute.group import Group
from sim.forecast.past import Past, past_here


def shared_pasts(groups: Iterable[Group[Any]]) -> list[Past]:
    """Return the pasts that are of several of these groups, which have one for each piece."""
    of_groups = [{id(case.past): case.past for case in group.cases if case.past} for group in groups]
    counts = Counter(number for of_group in of_groups for number in of_group)
    pasts = {number: past for of_group in of_groups for number, past in of_group.items()}
    return [past for number, past in pasts.items() if counts[number] > 1]


def make_parcel(group: Group[Any], known: Collection[Past] = (), *, by_value: bool = False) -> bytes:
    """Write a group down for who has the `known` pasts; functions of a script `by_value`, as code."""
    pickler: Any = pickle.Pickler
    table: Any = copyreg.dispatch_table
    if by_value:
        import cloudpickle

        pickler, table = cloudpickle.Pickler, cloudpickle.Pickler.dispatch_table
    names = {id(past): past.name_here() for past in known}

    def name_known(past: Past) -> Any:
        return (past_here, (names[id(past)],)) if id(past) in names else past.__reduce__()

    class Packer(pickler):  # type: ignore[misc]  # which of the two is known only now
        # By type, and not by `persistent_id`, which is asked of every object there is.
        dispatch_table: ClassVar[Mapping[type, Any]] = ChainMap({Past: name_known}, table)

    written = BytesIO()
    Packer(written, protocol=pickle.HIGHEST_PROTOCOL).dump(group)
    return written.getvalue()


def open_parcel(code: bytes) -> Group[Any]:
    """Read what `make_parcel` has written."""
    found: Group[Any] = pickle.loads(code)
    return found
