"""Files of counts: what is not, byte for byte, what was written is refused in one way."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.folder.counts import Part, counts_file, read_counts, write_counts
from sim.stats.tally import Failure

PART = Part(
    study={"scenario_hash": "0" * 64, "seed": 1},
    group="3-abc",
    start=256,
    stop=512,
    rows=None,
    counts={"kept": [[1, 2], [3, 4]], "runs": 255},
    failures=(Failure(300, "first", "ValueError", 'no,\n"power" 전력', 2),),
)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = counts_file(tmp_path_factory.mktemp("counts"), PART.group, PART.start, PART.stop)
    write_counts(path, PART)
    return path


def test_a_part_is_read_as_it_was_written(written):
    assert read_counts(written) == PART
    assert written.parts[-3:] == ("counts", "3-abc", "part-000000000256-000000000512.json.gz")


def test_the_same_counts_are_the_same_bytes(written, tmp_path):
    write_counts(tmp_path / "again", PART)
    assert (tmp_path / "again").read_bytes() == written.read_bytes()


def refuses(path, raw):
    path.write_bytes(raw)
    with pytest.raises(ValueError, match="not as it was written"):
        read_counts(path)


@given(st.data())
def test_any_byte_that_is_changed_is_noticed(written, tmp_path_factory, data):
    raw = written.read_bytes()
    at = data.draw(st.integers(0, len(raw) - 1))
    flip = data.draw(st.integers(1, 255))
    refuses(tmp_path_factory.mktemp("bad") / "part", raw[:at] + bytes([raw[at] ^ flip]) + raw[at + 1 :])


@given(st.integers(0, 10_000))
def test_what_was_cut_short_is_noticed(written, tmp_path_factory, end):
    raw = written.read_bytes()
    refuses(tmp_path_factory.mktemp("bad") / "part", raw[: end % len(raw)])


@pytest.mark.parametrize(
    "said",
    [
        *([], {}, {"part": []}, {"part": {}}, {"part": {"failures": []}}, {"part": {"failures": [[1]]}}),
        *({"part": {"failures": 3}}, {"part": {**PART._asdict(), "more": 1}}),
    ],
    ids=str,
)
def test_what_is_no_part_is_refused(tmp_path, said):
    refuses(tmp_path / "part", gzip.compress(json.dumps(said).encode(), mtime=0))


def test_deep_nesting_is_refused(tmp_path):
    refuses(tmp_path / "part", gzip.compress(b"[" * 100_000, mtime=0))


def test_a_part_with_another_number_packed_with_care_is_refused(written, tmp_path):
    said = json.loads(gzip.decompress(written.read_bytes()))
    said["part"]["counts"]["runs"] += 1
    refuses(tmp_path / "part", gzip.compress(json.dumps(said, separators=(",", ":")).encode(), mtime=0))
