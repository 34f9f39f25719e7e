"""Every fixed word that `sim sweep` prints, in English and Korean."""

from __future__ import annotations

Words = dict[str, str]

EN: Words = {
    "about": "{file} · {points}{options}, {runs} runs at each, the same luck at all, seed {seed}",
    "point": "1 point",
    "points": "{n} points",
    "times": " x {n} options",
    "in all": " ({n} with all options)",
    "firsts": "CHANCE OF LEAVING AT ANY STAGE, EACH WITH ITS FIRST OPTION, %",
    "leaving": "CHANCE OF LEAVING AT ANY STAGE, %",
    "with": "CHANCE OF LEAVING AT ANY STAGE, WITH {option}, %",
    "lease": "lease, 억",
    "dice": "Dice: ±{margin} points at most; differences between points are sharper, for luck is shared.",
    "some": "{shown} of {points} points are shown; all are in {folder}.",
    "unseen": "{shown} of {points} points are shown; --out DIR saves all.",
    "teams": "The first {shown} of {teams} teams are shown.",
    "saved": "Saved: {files} in {folder}",
    "next": "Next: sim plot {folder}",
    "unsaved": "Nothing saved: add --out DIR.",
}

KO: Words = {
    "about": "{file} · {points}{options}, 각 {runs}회, 모두 같은 운, 시드 {seed}",
    "point": "설정 1개",
    "points": "설정 {n}개",
    "times": " x 선택 {n}가지",
    "in all": "(선택까지 {n}개)",
    "firsts": "어느 단계에서든 탈락할 확률, 각각 첫 번째 선택에서, %",
    "leaving": "어느 단계에서든 탈락할 확률, %",
    "with": "어느 단계에서든 탈락할 확률, {option}, %",
    "lease": "임차비, 억",
    "dice": "표본오차: 최대 ±{margin}%p. 운이 같아 설정 사이의 차이는 더 정확하다.",
    "some": "설정 {points}개 중 {shown}개만 보인다. 모두 {folder} 안에 있다.",
    "unseen": "설정 {points}개 중 {shown}개만 보인다. --out DIR 로 모두 저장할 수 있다.",
    "teams": "{teams}팀 중 앞의 {shown}팀만 보인다.",
    "saved": "저장: {folder} 안에 {files}",
    "next": "다음: sim plot {folder}",
    "unsaved": "저장하지 않음(저장하려면 --out DIR).",
}


def words(lang: str) -> Words:
    """The words of "en" or "ko"."""
    return KO if lang == "ko" else EN
