"""Outcomes byte for byte."""

from dataclasses import fields
from hashlib import sha256

import numpy as np


def arrays(outcomes, stages=None, teams=None, without=()):
    """Name -> array: of some stages (a number: the first so many), and of some teams by position."""
    found = {} if stages is not None or teams is not None else {"frontier": outcomes.frontier}
    if outcomes.afterwards is not None and stages is None and teams is None:
        after = outcomes.afterwards
        found |= {f"after.{f.name}": getattr(after, f.name) for f in fields(after) if f.name not in without}
    for s, stage in enumerate(outcomes.stages[:stages]):
        for field in fields(stage):
            if field.name not in without:
                array = getattr(stage, field.name)
                if array.ndim == 1 and teams is not None:
                    continue  # of no team
                found[f"{s}.{field.name}"] = array if teams is None else array[..., teams]
    return found


def assert_identical(one, other):
    """Two mappings as `arrays` gives them hold the same bytes."""
    assert one.keys() == other.keys()
    for name, array in one.items():
        same = (array.dtype, array.shape, array.tobytes()) == (
            other[name].dtype,
            other[name].shape,
            other[name].tobytes(),
        )
        if not same:
            np.testing.assert_array_equal(array, other[name], err_msg=name)
            raise AssertionError(f"{name} differs in its bytes or shape alone")


def digest(outcomes):
    """SHA-256 of everything that outcomes hold."""
    whole = sha256()
    for name, array in arrays(outcomes).items():
        whole.update(f"{name} {array.dtype} {array.shape}".encode() + array.tobytes())
    return whole.hexdigest()
