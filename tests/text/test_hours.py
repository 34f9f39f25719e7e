"""Hours: as a reader of each language counts them, exact to three digits."""

import pytest

from sim.text.hours import format_hours


@pytest.mark.parametrize(
    ("hours", "en", "ko"),
    [
        (0, "0", "0"),
        (4_344, "4,344", "4,344"),
        (60_000, "60,000", "60,000"),
        (250_000, "0.2M", "250,000"),
        (999_999, "1.0M", "999,999"),
        (1_000_000, "1.0M", "100만"),
        (10_320_000, "10.3M", "1,032만"),
        (11_022_384, "11.0M", "1,102만"),
        (99_996_000, "100.0M", "1억"),
        (123_456_789, "123.5M", "1억 2,346만"),
        (3e9, "3,000.0M", "30억"),
    ],
)
def test_hours_are_told_as_people_count_them(hours, en, ko):
    assert (format_hours(hours, "en"), format_hours(hours, "ko")) == (en, ko)
