"""What the numbers of a scenario are called in a line of text or in a figure, in English and Korean."""

from __future__ import annotations

import re

from sim.scenario.place_names import place_name

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
"""Paths of inputs, with * for any stage, and their names in both languages; others: `place_name`."""

BLOCKS = {"benchmark": "벤치마크", "benchmarks": "벤치마크", "experts": "전문가", "users": "사용자"}
"""Frequent ids of blocks of points in Korean; a block has no display name of its own."""


def block_name(block: str, lang: str) -> str:
    """What a block of points is called: its id, or the usual word for it."""
    return BLOCKS.get(block, block) if lang == "ko" else block


def input_name(path: str, lang: str, teams: dict[str, str]) -> str:
    """What an input is called in a line of text; what its key means where there is no shorter name."""
    for pattern, en, ko in INPUTS:
        match = re.fullmatch(pattern, path)
        if match:
            parts = {key: teams.get(value, value) for key, value in match.groupdict().items()}
            if "block" in parts:
                parts["block"] = block_name(parts["block"], lang)
            return (ko if lang == "ko" else en).format(**parts)
    return place_name(path, lang, teams)


_SHARES = ("share", "probability")
"""Units of numbers that are told in percent."""


def value_text(value: float, unit: str) -> str:
    """A value in three digits, shares in percent; other units stand in the names of the inputs."""
    if unit in _SHARES:
        return f"{100 * value:.3g} %"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
