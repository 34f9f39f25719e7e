"""Every fixed word that the command line prints about results, in English and Korean."""

from __future__ import annotations

import re

Words = dict[str, str]

EN: Words = {
    "about": "{file} {hash} · {runs}, seed {seed}{engine} · known until {date}",
    "leaders": ", most often {teams} ({p} %), least often {last} ({q} %).",
    "level": ", none more often than another (about {p} % each).",
    "alone": ". {teams} stays with a chance of {p} %.",
    "all_leave": "{option}{teams} each leave with a chance of about {p} %.",
    "each_of": "all {n} teams",
    "with": "{option}, ",
    "leave_unclear": "{option}chances of leaving run from {q} to {p} %; these runs tell no order.",
    "leave_most": "{option}most likely to leave: {teams} ({p} %), least: {last} ({q} %).",
    "and": " and ",
    "from_to": "{low} to {high}",
    "fixed": "Fixed: the results of {days}; scores not used.",
    "out": "Out: {out}.",
    "by_points": "points",
    "at_gate": "gate",
    "not_chosen": "not chosen",
    "leaving_at_all": "CHANCE OF LEAVING AT ANY STAGE, %",
    "in_all": "in all",
    "ranged": "[range]",
    "range": "[range]: our ignorance, {n} doubts one at a time.",
    "range_of_one": "[range]: our ignorance, one doubt.",
    "at_end_with": "AT THE END, WITH {option} (ECI: model strength, modelled, on Epoch's scale)",
    "cost_of": "lease, {stage}: {gpus} GPUs, {hours} h",
    "worth_of": "{eok}억 (KRW {billion} bn), in all {total}억",
    "moves_head": "WHAT MOVES {p} % FOR {team}, in points (paired; dice ±{dice} at most):",
    "move_gpus": "GPUs {factor}",
    "move_pool": "pool of GPUs {factor}",
    "move_weight": "{block} points {factor}",
    "leaving": "CHANCE OF LEAVING, %",
    "parts": "points + gate",
    "stays": "stays to the end",
    "dice": "Dice: ±{margin} points at most.",
    "certain": "0 and 100: certain by the rules.",
    "same": "No input tells {teams} apart.",
    "many_teams": "{first} and {n} more",
    "dropped": "Strongest leaves, %",
    "kept": "Weakest stays, %",
    "regret": "Strength lost by picking wrongly, ECI",
    "at_end": "AT THE END (ECI: model strength, modelled, on Epoch's scale)",
    "nobody": "nobody",
    "together": "stay together",
    "behind": "best that stays, behind the best",
    "months": "{mean} months, {gap} ECI (5-95 %: {low}-{high} months)",
    "target": "{target} % of the best on benchmarks",
    "cost": "lease of {hours} GPU-hours",
    "krw": "{eok}억 (KRW {billion} billion), {share} % to leavers",
    "own": "own GPUs, {hours} GPU-hours",
    "worth": "worth {eok}억 (KRW {billion} billion)",
    "unpriced": "the teams' own, not priced",
    "guessed": "GUESSED: {guesses} of {inputs} inputs. What moves a chance most ({runs} runs each):",
    "not_guessed": "No input of {inputs} is a guess. What moves a chance most ({runs} runs each):",
    "no_range": "GUESSED: {guesses} of {inputs} inputs; none has a range to be moved in.",
    "saved": "Saved: {files} in {folder}",
    "unsaved": "Nothing saved: add --out DIR.",
    "next": "Next: {command}",
    "figures": "Figures: {files} in {folder}",
    "rows": "rows/*.parquet ({n})",
    "progress": "{done} of {of} runs, {left} s left",
    "event": " · event engine",
    "each_fault": "Faults strike one by one (faults.mode: each): only the event engine plays that.",
    "mean_faults": "Ranges and what moves a chance: with their mean, by the batch engine.",
    "failed": "Failed: {n} of {of} runs, which are not counted.",
    "one_run": "{runs} run",
    "many_runs": "{runs} runs",
    "no_dice": "No dice: the rules alone decide.",
    "left_always": "Still in after {stage}: {left} of {teams} teams",
    "left_mostly": "Still in after {stage}: {left} of {teams} teams ({share} % of runs)",
    "together_level": "no set stands out (at most {p} %)",
    "unclear": ", each with a chance from {q} to {p} %; these runs do not tell which most often.",
    "moves_team": "{what} {low}..{high}: {team} stays {before} → {after} %",
    "moves_strongest": "{what} {low}..{high}: strongest leaves at end {before} → {after} %",
    "moves_little": "the other {n} move it by less than {points} points",
    "one_moves_little": "the other one moves it by less than {points} points",
    "no_ranges": "guesses without a range: {n}",
}

KO: Words = {
    "about": "{file} {hash} · {runs}, 시드 {seed}{engine} · {date}까지",
    "leaders": " 남을 확률은 {teams} {p} %로 가장 높고, {last} {q} %로 가장 낮다.",
    "level": " 두드러지는 팀은 없다. 남을 확률은 어느 팀이나 약 {p} %.",
    "alone": " {teams}: 남을 확률 {p} %.",
    "all_leave": "{option}{teams}: 각각 약 {p} % 확률로 탈락한다.",
    "each_of": "{n}개 팀 모두",
    "with": "{option} ",
    "leave_unclear": "{option}탈락 확률은 {q}~{p} %. 이 실행 횟수로는 우열을 가릴 수 없다.",
    "leave_most": "{option}탈락 확률은 {teams} {p} %로 가장 높고, {last} {q} %로 가장 낮다.",
    "and": ", ",
    "from_to": "{low}~{high}",
    "fixed": "고정: {days} 결과. 당시 점수는 쓰지 않는다.",
    "out": "탈락: {out}.",
    "by_points": "점수",
    "at_gate": "관문",
    "not_chosen": "선정되지 않음",
    "leaving_at_all": "어느 단계에서든 탈락할 확률, %",
    "in_all": "전체",
    "ranged": "[범위]",
    "range": "[범위]: 모르는 것 {n}가지를 하나씩 바꾼 결과.",
    "range_of_one": "[범위]: 모르는 것 한 가지를 바꾼 결과.",
    "at_end_with": "최종, {option}일 때 (ECI: 모형으로 셈한 모델 실력, Epoch 척도)",
    "cost_of": "임차비, {stage}: GPU {gpus}장, {hours}시간",
    "worth_of": "{eok}억원; 모든 단계 {total}억원",
    "moves_head": "{team} {p} %를 움직이는 것, %p (같은 운으로 비교, 표본오차 최대 ±{dice}):",
    "move_gpus": "GPU {factor}",
    "move_pool": "공동 GPU {factor}",
    "move_weight": "{block} 배점 {factor}",
    "leaving": "탈락 확률, %",
    "parts": "점수 + 관문",
    "stays": "끝까지 남음",
    "dice": "표본오차: 최대 ±{margin}%p.",
    "certain": "0과 100은 규칙상 확실하다.",
    "same": "{teams}: 입력이 같아 우열을 말할 수 없다.",
    "many_teams": "{first} 외 {n}팀",
    "dropped": "최강 팀이 탈락, %",
    "kept": "최약 팀이 남음, %",
    "regret": "잘못 골라 잃은 실력, ECI",
    "at_end": "최종 (ECI: 모형으로 셈한 모델 실력, Epoch 척도)",
    "nobody": "전원 탈락",
    "together": "함께 남는 조합",
    "behind": "남은 최강 모델, 세계 최고 대비",
    "months": "{mean}개월, {gap} ECI (5~95 %: {low}~{high}개월)",
    "target": "벤치마크에서 세계 최고의 {target} % 도달",
    "cost": "임차비, {hours} GPU시간",
    "krw": "{eok}억원, 그중 {share} %는 탈락 팀 몫",
    "own": "자체 GPU, {hours} GPU시간",
    "worth": "{eok}억원 상당",
    "unpriced": "팀 소유, 값을 매기지 않음",
    "guessed": "추정값: 입력 {inputs}개 중 {guesses}개. 확률을 가장 크게 움직이는 것(각 {runs}회):",
    "not_guessed": "추정 표시 없음(입력 {inputs}개). 확률을 가장 크게 움직이는 것(각 {runs}회):",
    "no_range": "추정값: 입력 {inputs}개 중 {guesses}개. 범위가 정해진 것은 없음.",
    "saved": "저장: {folder} 안에 {files}",
    "unsaved": "저장하지 않음(저장하려면 --out DIR).",
    "next": "다음: {command}",
    "figures": "그림: {folder} 안에 {files}",
    "rows": "rows/*.parquet ({n})",
    "progress": "{of}회 중 {done}회, {left}초 남음",
    "event": " · 사건 엔진",
    "each_fault": "장애가 하나씩 일어난다(faults.mode: each): 사건 엔진만 할 수 있다.",
    "mean_faults": "범위와 확률을 움직이는 것은 평균 장애로, 배치 엔진으로 계산한다.",
    "failed": "실패: {of}회 중 {n}회. 셈에 넣지 않았다.",
    "one_run": "{runs}회 실행",
    "many_runs": "{runs}회 실행",
    "no_dice": "우연이 없다. 규칙만으로 정해진다.",
    "left_always": "{stage} 뒤 {teams}개 팀 중 {left}팀이 남는다.",
    "left_mostly": "{stage} 뒤 {teams}개 팀 중 {left}팀이 남는다(실행의 {share} %).",
    "together_level": "두드러지는 조합 없음(최대 {p} %)",
    "unclear": " 남을 확률은 {q}~{p} %. 이 실행 횟수로는 우열을 가릴 수 없다.",
    "moves_team": "{what} {low}~{high}: {team} 남음 {before} → {after} %",
    "moves_strongest": "{what} {low}~{high}: 최강 팀 마지막 탈락 {before} → {after} %",
    "moves_little": "나머지 {n}개는 {points}%p 미만",
    "one_moves_little": "나머지 하나는 {points}%p 미만",
    "no_ranges": "추정값 {n}개는 범위가 없어 움직이지 않음",
}

INPUTS: list[tuple[str, str, str]] = [
    (r"stages\.\*\.grants\.pool\.(?P<hw>[^.]+)", "{hw} in the pool", "{hw} 공동 물량"),
    (r"stages\.\*\.grants\.gpus\.(?P<team>[^.]+)\.(?P<hw>[^.]+)", "{hw} lent to {team}", "{team} 지원 {hw}"),
    (r"teams\.(?P<team>[^.]+)\.own\.(?P<hw>.+)", "{team}'s own {hw}", "{team} 자체 {hw}"),
    (r"teams\.(?P<team>[^.]+)\.effect", "{team}'s known lead, ECI", "{team}의 알려진 우위, ECI"),
    (r"teams\.(?P<team>[^.]+)\.gate_risk", "{team}'s risk at the gate", "{team}의 관문 탈락 위험"),
    (r"judging\.follows_strength", "how far judges follow strength", "평가가 실력을 따르는 정도"),
    (r"capability\.per_tenfold_compute", "ECI from ten times the compute", "연산 10배당 ECI"),
    (r"capability\.team_spread", "lasting spread of teams, ECI", "팀 간 지속적 실력 차, ECI"),
    (r"capability\.stage_spread", "luck of a stage, ECI", "단계마다의 운, ECI"),
    (r"capability\.progress_per_year", "everybody's progress a year, ECI", "연간 공통 발전, ECI"),
    (r"capability\.level", "strength at the reference, ECI", "기준 실력, ECI"),
    (r"training\.main_run_share", "GPU time in the main run", "본 학습에 쓰는 GPU 시간 비율"),
    (r"faults\.per_node_day", "faults a node and day", "노드당 하루 장애"),
    (r"faults\.checkpoint", "seconds to write a checkpoint", "체크포인트 저장 시간(초)"),
    (r"frontier\.growth_per_year", "the world's best gains a year, ECI", "세계 최고의 연간 성장, ECI"),
    (r"hardware\.(?P<hw>[^.]+)\.mfu", "share of peak on {hw}", "{hw} 최대 성능 대비 활용률"),
    (r"faults\.restart", "minutes to restart", "재시작 시간(분)"),
    (r"stages\.\*\.gate\.risk", "risk at the gate", "관문 탈락 위험"),
    (r"stages\.\*\.grants\.delay", "days that grants are late", "GPU 지원 지연(일)"),
    (r"suppliers\.(?P<who>[^.]+)\.delay", "days that {who} is late", "{who} 지원 지연(일)"),
    (r"suppliers\.(?P<who>[^.]+)\.slow\.[^.]+\.days", "days that {who} is slow", "{who} 저속 기간(일)"),
    (r"suppliers\.(?P<who>[^.]+)\.slow\.[^.]+\.speed", "speed of {who} when slow", "{who} 저속 때의 속도"),
    (r"stages\.\*\.shift", "days by which a stage moves", "단계가 밀리는 날수"),
    (r"stages\.\*\.own\.(?P<team>[^.]+)\.(?P<hw>.+)", "{team}'s own {hw}", "{team} 자체 {hw}"),
    (r"stages\.\*\.points\.(?P<block>[^.]+)\.per_eci", "{block} points per ECI", "{block} ECI당 점수"),
    (r"stages\.\*\.points\.(?P<block>[^.]+)\.noise", "noise of {block} points", "{block} 점수의 잡음"),
    (r"stages\.\*\.points\.(?P<block>[^.]+)\.spread", "spread of {block} points", "{block} 점수의 편차"),
]
"""Paths of inputs, with * for any stage, and their names in both languages; others are told by path."""


def words(lang: str) -> Words:
    """The words of "en" or "ko"."""
    return KO if lang == "ko" else EN


BLOCKS = {"benchmark": "벤치마크", "benchmarks": "벤치마크", "experts": "전문가", "users": "사용자"}
"""Frequent ids of blocks of points in Korean; a block has no display name of its own."""


def block_name(block: str, lang: str) -> str:
    """What a block of points is called: its id, or the usual word for it."""
    return BLOCKS.get(block, block) if lang == "ko" else block


def input_name(path: str, lang: str, teams: dict[str, str]) -> str:
    """What an input is called in a line of text; its path where there is no shorter name."""
    for pattern, en, ko in INPUTS:
        match = re.fullmatch(pattern, path)
        if match:
            parts = {key: teams.get(value, value) for key, value in match.groupdict().items()}
            if "block" in parts:
                parts["block"] = block_name(parts["block"], lang)
            return (ko if lang == "ko" else en).format(**parts)
    return path
