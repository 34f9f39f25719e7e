"""Words that people use for keys of the language, and short forms that they write in the place of blocks.

None of them is a key: messages and `sim scenario explain` say which key is meant.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from sim.scenario.models.base import is_number

_WORDS: dict[str, str] = {
    "points": "jury judge judges vote votes voting score scores marks exam test panel criteria ratings",
    "minimum": "min pass pass_mark passing threshold cutoff pass_score least",
    "keep": "max top stays survive survivors winners_count select selected qualify advance",
    "drop": "eliminate eliminated elimination out leave leaves leavers losers remove knockout bottom",
    "within": "distance gap time_limit behind",
    "places": "quota quotas seats slots at_least minimum_per_group min_per_group guaranteed",
    "at_most": "cap limit maximum_per_group",
    "result": "date day when deadline on",
    "teams": "contestants participants players candidates applicants competitors couples members entrants",
    "stages": "rounds round phases phase weeks week steps heats",
    "groups": "tracks track categories category panels regions kinds pools",
    "name": "title label",
    "pays": "prize prizes money reward rewards payment payments funding grant_money milestone milestones",
    "by_rank": "prize_by_rank",
    "awards": "award winner winners medal medals honours runner-up alternate alternates finalist finalists",
    "entry": "wildcard wild_card newcomer newcomers late_entry repechage",
    "returning": "comeback come_back return returns reentry re-entry",
    "points_carried": "carry carry_over carried cumulative accumulate aggregate",
    "budget": "purse total_budget fund",
    "asks": "bid bids request requests price_per_team costs_per_team",
    "effect": "strength_of_team skill ability handicap strong stronger",
    "mean": "average avg",
    "spread": "sd stdev std deviation variance",
    "luck": "chance randomness random",
    "risk": "fail failure probability fails",
    "happened": "known_result outcome eliminated_teams",
    "as_of": "today now known_until",
}
"""By the key that is meant."""

_WORDS_OF_THE_WIDER_WORLD: dict[str, str] = {
    "supply": "supercomputer supplies procurement purchases kisti kisti-6 data_centre data_center "
    "슈퍼컴퓨터 국가ai컴퓨팅센터 공급 gpu_확보 gpu확보 gpu_도입",
    "tranches": "tranche deliveries delivery arrivals shipments shipment 도입분 도입_물량 물량",
    "late": "lateness late_by",
    "parts": "instalments installments 분할",
    "hours_a_day": "hours_per_day daily_hours",
    "days_a_month": "days_per_month",
    "faults": "recovery failures outages fault_tolerance resilience crashes interruptions "
    "장애 복구 장애_복구 고장",
    "detection": "detect detection_time time_to_detect 감지 탐지",
    "restart": "restart_time recovery_time 재시작",
    "repair": "repair_time mttr 수리",
    "spares": "spare spare_nodes standby hot_spares backup_nodes 예비 예비노드 예비_노드",
    "checkpoint": "checkpoints checkpointing checkpoint_time 체크포인트",
    "interval": "checkpoint_interval checkpoint_every 체크포인트_간격",
    "on_fault": "elastic elastic_training",
    "bad_nodes": "lemons lemon_nodes faulty_nodes 불량_노드 불량노드",
    "storage": "file_system filesystem slow_storage 저장장치 스토리지 파일시스템",
    "model": "model_size architecture llm 모델 모델_크기",
    "model.*.parameters": "params total_parameters n_params 파라미터 매개변수",
    "model.*.active": "moe mixture_of_experts active_parameters active_params 활성_파라미터 전문가_혼합",
    "model.*.tokens": "token training_tokens 토큰",
    "unique": "unique_tokens distinct distinct_tokens 고유_토큰",
    "modalities": "modality multimodal omni omni-modal omnimodal vision speech 멀티모달 옴니모달 모달리티",
    "special": "specialised specialized speciality specialty 특화",
    "points.*.efficiency": "small_model lightweight compactness 경량화 효율성",
    "scaling": "scaling_law scaling_laws chinchilla 스케일링 스케일링_법칙",
    "openness": "open_source opensource open-source open_weights open_model 오픈소스 공개_모델 개방성",
    "base": "from_scratch from-scratch base_model pretrained fine_tuned finetuned "
    "프롬_스크래치 처음부터 기반_모델 파인튜닝",
    "closes": "closing licence_change license_change 비공개_전환",
    "leak": "leaks leakage data_leak 유출",
    "breakthroughs": "breakthrough discovery research paradigm_shift 돌파구 연구_성과 국가ai연구거점",
    "adoption": "adoption_time time_to_adopt 적용_기간",
    "afterwards": "ecosystem aftermath diffusion 생태계 확산",
    "institutes": "institute research_institutes public_institutes laboratories labs "
    "출연연 정부출연연구기관 연구기관 연구소",
    "companies": "company firms businesses 기업 회사",
    "hub": "ax_hub 허브 ax_허브 거점",
    "domain_models": "domain_model 특화_모델 도메인_모델",
    "data": "dataset datasets training_data public_data 데이터 학습_데이터 공공데이터",
    "joint": "data_budget joint_budget shared_budget 데이터_예산 공동_예산",
    "access_delay": "data_delay data_access bureaucracy 데이터_지연 데이터_접근",
    "talent": "human_resources 인재",
    "people": "staff headcount team_size engineers researchers 인력 인원",
    "effort": "motivation incentives rivalry 노력 경쟁",
    "rivals": "rival competition 경쟁자 경쟁팀",
    "saved": "hoarding sandbagging held_back",
    "saves": "hoards holds_back",
    "trains_on_tests": "contamination cheating cheats overfitting teaching_to_the_test 벤치마크_오염",
}
"""The same for blocks of docs/world. Where a shorter key has the same name, a path says which is meant."""

MEANT = {
    word: key
    for table in (_WORDS, _WORDS_OF_THE_WIDER_WORLD)
    for key, words in table.items()
    for word in words.split()
}
"""The key that is meant by a word."""


def meant_key(word: str) -> str | None:
    """Return the key that people mean by one or more words: the end of its path, or None."""
    return MEANT.get(re.sub(r"\s+", "_", word.strip().lower()))


_OF_CUT = ("keep", "drop", "minimum", "within", "places", "at_most", "budget", "asks")

_OF_TEAMS = ("keep", "drop")
_OF_POINTS = ("minimum", "within", "max", "mean")


def hint_of_word(word: str, node: Any, known: Collection[str]) -> str:
    """Return which of the `known` keys is meant by an unknown one, if people use the word for one."""
    key = (meant_key(word) or word).rpartition(".")[2]
    if key == "result" and key not in known:
        key = "day"  # as an entry calls it
    if key in known and key != word:
        return f"`{key}` says that"
    if "cut" in known and key in _OF_CUT:
        value = f"{node:g}" if is_number(node) else "..."
        return f"in the cut of the stage: cut: {{{key}: {value}}}"
    if "pays" in known and key in ("start", "stay", "by_rank"):
        return f"in `pays` of the stage: pays: {{{key}: ...}}"
    return ""


def hint_of_short_form(path: tuple[str, ...], node: Any) -> str:
    """Return how a block is written for which a number, a word or a list stands; "" where it is not known."""
    if "reported" in path:
        return ""  # a table of points by team, whose ids may be anything
    last = path[-1] if path else ""
    number = f"{node:g}" if is_number(node) else "1"
    if path[-2:-1] == ("points",) and is_number(node):
        return (
            f"as in {{max: {number}, mean: {0.6 * node:g}}}: the most there is, and what an average team gets"
        )
    forms = {
        "cut": f"as in {{keep: {number}}} or {{drop: {number}}}",
        "strength": f"as in {{spread: {number}, luck: {number}}}",
        "gate": "as in {risk: 0.1}",
        "pays": "as in {stay: ...} to each team that stays, or {by_rank: [..., ...]}",
        "awards": "for how many each, as in {gold: 1, silver: 1}",
    }
    if last == "points" and is_number(node):
        return f"by name, as in {{jury: {{max: {number}, mean: {0.6 * node:g}}}}}"
    if last == "points":
        return "by name, as in {jury: {max: 10, mean: 6}}"
    if last == "teams" and isinstance(node, list):
        names = [str(name) for name in node[:2] if isinstance(name, str)]
        return f"each as a key, as in {{{', '.join(f'{name}: {{}}' for name in names)}}}" if names else ""
    return forms.get(last, "")


def hint_of_percent(path: tuple[str, ...], text: str) -> str | None:
    """Return what stands in the place of a percentage where that is no share; None where it may be one."""
    if not re.fullmatch(r"\s*\d+(\.\d+)?\s*%\s*", text):
        return None
    if path[-1] in _OF_TEAMS or path[-2:-1] in (("places",), ("at_most",)):
        return "a number of teams: of 40, 30 % are 12"
    return "in points" if path[-1] in _OF_POINTS else None


def as_id(text: str) -> str:
    """Return an id that is like a text."""
    return re.sub(r"[\s.,=:/+]+", "-", text.strip()).strip("-")
