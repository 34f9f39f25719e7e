"""Every fixed word that `sim compare` prints, in English and Korean."""

from __future__ import annotations

Words = dict[str, str]

EN: Words = {
    "about": "{runs} runs of each, the same luck, seed {seed}",
    "hours": "GPU-hours granted",
    "lease": "lease, 억",
    "differ": "WHAT DIFFERS, {first} AND {second}",
    "same": "no value differs",
    "more": "and {n} more: sim scenario diff shows all",
    "no team": "No team is in both.",
    "fixed": "Results are known in {has} that {draws} draws: --from-start draws them in both.",
    "chances": "CHANCE OF BEING SELECTED, %",
    "difference": "{second} - {first}",
    "sharper": "sharper",
    "to": " to ",
    "others": "OTHER NUMBERS",
    "dropped": "Strongest leaves, {stage}, %",
    "kept": "Weakest stays, {stage}, %",
    "nobody": "Nobody is selected, %",
    "target": "Target reached, %",
    "regret": "Strength lost by picking wrongly, {stage}, ECI",
    "behind_frontier_months": "Best that stays, months behind",
    "strength_selected": "Best that stays, ECI",
    "note": "[ ]: 95 % interval of the paired difference. Sharper: how many times fewer runs it takes.",
    "eci": "ECI: model strength, modelled, on Epoch's scale.",
    "parted": "First run in which fates differ: {replication}, on {day} ({stage}):",
    "fate": "{team}: {first} in {first_name}, {second} in {second_name}",
    "never": "No run has other fates.",
    "out_by_points": "out by points",
    "out_at_gate": "out at the gate",
    "stays": "stays",
    "gone": "gone before",
    "not_entered": "not in",
    "saved": "Saved: {files} in {folder}",
}

KO: Words = {
    "about": "각 {runs}회, 같은 운, 시드 {seed}",
    "hours": "빌려준 GPU시간",
    "lease": "임차비, 억",
    "differ": "다른 값, {first} 와 {second}",
    "same": "다른 값이 없다",
    "more": "그 밖에 {n}개: sim scenario diff 로 모두 볼 수 있다",
    "no team": "양쪽에 다 있는 팀이 없다.",
    "fixed": "{has}에는 결과가 정해져 있고 {draws}에서는 추첨한다. --from-start 로 모두 추첨할 수 있다.",
    "chances": "선정될 확률, %",
    "difference": "{second} - {first}",
    "sharper": "정밀도",
    "to": " ~ ",
    "others": "다른 숫자",
    "dropped": "최강 팀이 탈락, {stage}, %",
    "kept": "최약 팀이 남음, {stage}, %",
    "nobody": "아무도 선정되지 않음, %",
    "target": "목표 도달, %",
    "regret": "잘못 골라 잃은 실력, {stage}, ECI",
    "behind_frontier_months": "남은 최강 모델, 뒤진 개월",
    "strength_selected": "남은 최강 모델, ECI",
    "note": "[ ]: 짝지은 차이의 95 % 구간. 정밀도: 운을 나누지 않을 때보다 실행이 몇 배 적어도 되는가.",
    "eci": "ECI: 모형으로 셈한 모델 실력(Epoch 척도).",
    "parted": "운명이 처음 갈리는 실행: {replication}번, {day} ({stage}):",
    "fate": "{team}: {first_name} {first}, {second_name} {second}",
    "never": "운명이 갈리는 실행이 없다.",
    "out_by_points": "점수로 탈락",
    "out_at_gate": "관문에서 탈락",
    "stays": "남음",
    "gone": "이미 탈락",
    "not_entered": "들어오지 않음",
    "saved": "저장: {folder} 안에 {files}",
}


def words(lang: str) -> Words:
    """The words of "en" or "ko"."""
    return KO if lang == "ko" else EN
