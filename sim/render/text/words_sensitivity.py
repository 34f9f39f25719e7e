"""Every fixed word that `sim sensitivity` prints, in English and Korean."""

from __future__ import annotations

Words = dict[str, str]

EN: Words = {
    "about": "{file} · {numbers} uncertain numbers · {points} points, {runs} runs, seed {seed}",
    "about_none": "{file} · no uncertain number",
    "none": (
        "No number of this scenario is uncertain, and no guess has a range: there is nothing whose weight "
        "could be told. A number may be written as {{uniform: [1, 2]}}."
    ),
    "certain": "The rules alone decide who leaves: no number matters for it.",
    "most": "What matters most for who leaves: {name} ({law}).",
    "known": (
        "Were it known exactly, {share} of the variance that all these numbers give to the chances of "
        "leaving would be gone{others}."
    ),
    "also": "; next: {listed}",
    "unmoved": "No number moves a team's chance of leaving so far that it can be told from the dice.",
    "dropped_most": "For whether the strongest leaves ({stage}): {listed}.",
    "share": "{share} % {interval}",
    "share_of": "{name}, {share}",
    "dropped_unmoved": "Nor does any move the chance that the strongest leaves ({stage}).",
    "dropped_alone": "No number is told to move the chance that the strongest leaves ({stage}).",
    "unsure": (
        "Where an interval reaches 0, no more can be told from {points} points: --points {more} halves it."
    ),
    "dice": "The dice are not part of this variance.",
    "guessed": "a guess, {low} to {high}",
    "uncertain": "uncertain, mostly {low} to {high}",
    "leaves": "WHO LEAVES (right: {team})",
    "dropped": "THE STRONGEST LEAVES ({stage})",
    "low": "5 %",
    "high": "95 %",
    "first": "first, %",
    "total": "total, %",
    "chance": "chance",
    "spread": "Chance of leaving, and how far these numbers move it (sd), in %: {teams}.",
    "reading": (
        "first: of the variance, what would go if the number alone were known; total (largest on top): what "
        "would stay if all others were [95 %]."
    ),
    "reading_ends": " 5 %, 95 %: the number there, and at the right the chance (dice ±{dice}).",
    "star": "*: a guess, over its range.",
    "more_told": "{n} more: smaller (upper end at most {share} %).",
    "more": "{n} more: not told from 0 (upper end at most {share} %).",
    "out": "Left out: {what}.",
    "out_guesses": "{n} guesses without a range",
    "out_doubts": "{n} doubts (sim run)",
    "out_choices": "decisions (default)",
    "failed": "{n} of {of} runs could not be played and count nowhere.",
    "saved": "Saved: {files} in {folder}",
    "next": "Next: sim plot {folder}",
    "unsaved": "Nothing saved: --out DIR saves all numbers and a figure.",
}

KO: Words = {
    "about": "{file} · 불확실한 수 {numbers}개 · {points}개 점, {runs}회 실행, 시드 {seed}",
    "about_none": "{file} · 불확실한 수 없음",
    "none": (
        "이 시나리오에는 불확실한 수가 없고 범위가 있는 추정값도 없어, 무엇이 중요한지 가릴 것이 없다. "
        "수는 {{uniform: [1, 2]}} 처럼 쓸 수 있다."
    ),
    "certain": "누가 떠날지는 규칙만으로 정해진다. 어떤 수도 상관없다.",
    "most": "누가 떠나는지에 가장 중요한 것: {name}({law}).",
    "known": "그것을 정확히 안다면, 이 수들 때문에 생긴 탈락 확률의 분산에서 {share} 만큼 사라진다{others}.",
    "also": "; 다음은 {listed}",
    "unmoved": "어느 팀의 탈락 확률도 우연과 구별될 만큼 움직이는 수는 없다.",
    "dropped_most": "최강 팀이 떠나는지({stage})에는 {listed}.",
    "share": "{share} % {interval}",
    "share_of": "{name} {share}",
    "dropped_unmoved": "최강 팀이 떠날 확률({stage})도 마찬가지다.",
    "dropped_alone": "최강 팀이 떠날 확률({stage})을 구별될 만큼 움직이는 수는 없다.",
    "unsure": "구간이 0에 닿으면 {points}개 점으로는 더 알 수 없다. --points {more} 이면 구간이 절반이 된다.",
    "dice": "추첨의 우연은 이 분산에 들어 있지 않다.",
    "guessed": "추정값, {low}~{high}",
    "uncertain": "불확실, 대개 {low}~{high}",
    "leaves": "누가 떠나는가(오른쪽: {team})",
    "dropped": "최강 팀 탈락({stage})",
    "low": "5 %",
    "high": "95 %",
    "first": "1차, %",
    "total": "전체, %",
    "chance": "확률",
    "spread": "탈락 확률과 이 수들이 움직이는 정도(표준편차), %: {teams}.",
    "reading": ("1차: 그 수만 알면 사라질 분산. 전체(큰 것부터): 나머지를 모두 알아도 남을 분산 [95 %]."),
    "reading_ends": " 5 %, 95 %: 그 분위수일 때의 값, 오른쪽은 그때의 확률(표본오차 ±{dice}).",
    "star": "*: 추정값, 그럴듯한 범위에서 고르게 추첨.",
    "more_told": "그보다 작은 {n}개(구간 위 끝 {share} % 이하).",
    "more": "그 밖의 {n}개: 0과 구별되지 않음(구간 위 끝 {share} % 이하).",
    "out": "제외: {what}.",
    "out_guesses": "범위가 없는 추정값 {n}개",
    "out_doubts": "자료로 가릴 수 없는 가정 {n}개(sim run)",
    "out_choices": "결정(기본값)",
    "failed": "{of}회 중 {n}회는 끝까지 실행하지 못해 세지 않았다.",
    "saved": "저장: {folder} 안에 {files}",
    "next": "다음: sim plot {folder}",
    "unsaved": "저장하지 않음(--out DIR 로 모든 수와 그림을 저장한다).",
}


def words(lang: str) -> Words:
    """The words of "en" or "ko"."""
    return KO if lang == "ko" else EN
