"""No oracle is skipped in silence."""

import re
from pathlib import Path

from tests.oracles.cases import CASES


def test_every_case_is_named_by_a_test_and_every_name_is_a_case():
    files = Path(__file__).parent.glob("test_*.py")
    named = {
        name for file in files for name in re.findall(r'case\("(\w+)"\)', file.read_text(encoding="utf-8"))
    }
    assert named == set(CASES)
