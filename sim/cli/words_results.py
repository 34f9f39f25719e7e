"""The words of `sim resume` and `sim results`, in English and Korean."""

from __future__ import annotations

Words = dict[str, str]

EN: Words = {
    "complete": "Complete: nothing is missing in {folder}, and every checksum agrees.",
    "resumed": "Complete: what was missing in {folder} has been played and written.",
}

KO: Words = {
    "complete": "완료: {folder}에 빠진 것이 없고 모든 체크섬이 일치한다.",
    "resumed": "완료: {folder}에 빠진 것을 실행하여 저장했다.",
}


def words(lang: str) -> Words:
    """The words of "en" or "ko"."""
    return KO if lang == "ko" else EN
