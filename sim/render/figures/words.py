"""Every fixed word that a figure prints, in each language."""

from dataclasses import dataclass

from sim.render.figures.labels import Lang
from sim.stats.percent import percent


@dataclass(frozen=True)
class Words:
    """The fixed words of one language; braces are filled in by whoever prints them."""

    percent: str
    leaving: str
    leaving_one: str
    leaving_axis: str
    all_stages: str
    at_risk: str
    least_at_risk: str
    survival: str
    survival_axis: str
    start: str
    forest: str
    forest_axis: str
    sweep: str
    sweep_of: str
    sweep_at: str
    sweep_also: str
    sweep_files: str
    tornado: str
    tornado_leaves: str
    tornado_dropped: str
    tornado_total: str
    tornado_mean: str
    tornado_finding: str
    tornado_ends: str
    tornado_share: str
    tornado_guess: str
    tornado_more_told: str
    tornado_more: str
    tornado_dice: str
    cost_eok: str
    gpu_hours: str
    likely_in: str
    least_likely_in: str
    overlap: str
    groups: str
    one_team: str
    compared: str
    out: str
    still_in: str
    known: str
    never_in: str
    absent: str
    error: str
    footer: str
    runs: tuple[str, str]
    ahead_axis: str
    equal: str
    equal_if: str
    dot: str
    stays: str
    goes: str
    if_option: str
    bar: str
    tick: str
    no_tick: str
    held: str
    held_unit: str
    granted: str
    own: str
    slow: str
    window: str
    result: str
    delivered: str
    delivery: str
    enters: str
    leaves: str
    slow_to: str
    one_life: str


_EN = Words(
    percent="{} %",
    leaving="Chance of leaving at each stage",
    leaving_one="Chance of leaving at {}",
    leaving_axis="Chance of leaving, %",
    all_stages="all stages",
    at_risk="Most at risk over all stages: {}",
    least_at_risk="Least at risk over all stages: {}",
    survival="Chance of still being in after each stage",
    survival_axis="Chance of still being in, %",
    start="Start",
    forest="How the chance of being selected differs from A",
    forest_axis="Percentage points, each with the 95 % interval of the paired difference",
    sweep="Chance of leaving, by {}",
    sweep_of="Chance that {} leaves, in %",
    sweep_at="{team}: {first} % at {low}, {last} % at {high}",
    sweep_also="points also differ in {}, so none are joined",
    sweep_files="Several scenarios",
    tornado="What matters most for who leaves",
    tornado_leaves="{} leaves",
    tornado_dropped="The strongest team leaves, {}",
    tornado_total="of the variance",
    tornado_mean="{} % on average",
    tornado_finding="Most: {name}. {target}: {first} % where it is {low}, {last} % where it is {high}",
    tornado_ends="○ the number at its 5 % quantile, ● at its 95 % quantile, with its values; others drawn",
    tornado_share=(
        "Of the variance: what would stay if all others were known (total Sobol' index, largest on top) "
        "[95 %]"
    ),
    tornado_guess="* a guess, here drawn evenly over its plausible range",
    tornado_more_told="Not shown, smaller: {n} (upper end at most {share} %)",
    tornado_more="Not shown, not told from 0: {n} (upper end at most {share} %)",
    tornado_dice="Dice: each mark ±{} points; differences between marks are sharper, for luck is shared",
    cost_eok="cost of the leases, 억 (KRW 100 million)",
    gpu_hours="GPU-hours granted",
    likely_in="Most likely to be in at the end: {}",
    least_likely_in="Least likely to be in at the end: {}",
    overlap="No team stands out: the differences are within sampling error",
    groups="No single team stands out; the chances run from {} to {}",
    one_team="Over all stages: {}",
    compared="not compared: late entrants and teams already out",
    out="out",
    still_in="in",
    known="{} (known)",
    never_in="never in",
    absent="– in no run present at that stage",
    error="95 % sampling error at most ±{} points; wrong assumptions are not in it",
    footer="known until {date} · {runs} · scenario {hash} · simulation",
    runs=("1 run", "{:,} runs"),
    ahead_axis="Chance of leaving in the stage ahead, %",
    equal="equal chance",
    equal_if="equal chance, {}",
    dot="filled dot",
    stays="stays by the rules",
    goes="leaves by the rules",
    if_option="{}: {}",
    bar="pale bar: range over assumptions, not a sampling error",
    tick="dark line: 95 % sampling interval",
    no_tick="95 % sampling interval: narrower than the marks",
    held="GPUs held over time",
    held_unit="B200-equivalents, all teams on one scale",
    granted="granted",
    own="the team's own",
    slow="running slowly",
    window="training window",
    result="{}: result {}",
    delivered="delivery +{}",
    delivery="delivery",
    enters="enters",
    leaves="leaves",
    slow_to="at {} speed",
    one_life="one replication: number {}; others turn out otherwise",
)

_KO = Words(
    percent="{}%",
    leaving="단계별 탈락 확률",
    leaving_one="탈락 확률: {}",
    leaving_axis="탈락 확률(%)",
    all_stages="전체 단계",
    at_risk="전체 단계에서 탈락 확률이 가장 높은 팀: {}",
    least_at_risk="전체 단계에서 탈락 확률이 가장 낮은 팀: {}",
    survival="단계별 평가 이후 남아 있을 확률",
    survival_axis="남아 있을 확률(%)",
    start="시작",
    forest="선정될 확률이 A와 얼마나 다른가",
    forest_axis="%p, 짝지은 차이의 95 % 구간과 함께",
    sweep="탈락 확률, {}에 따라",
    sweep_of="{} 탈락 확률, %",
    sweep_at="{team}: {low}일 때 {first} %, {high}일 때 {last} %",
    sweep_also="설정마다 {}도 서로 달라 잇지 않았다",
    sweep_files="여러 시나리오",
    tornado="누가 떠나는지에 가장 중요한 것",
    tornado_leaves="{} 탈락",
    tornado_dropped="최강 팀 탈락, {}",
    tornado_total="분산에서의 몫",
    tornado_mean="평균 {} %",
    tornado_finding="가장 중요한 것: {name}. {target}: {low}일 때 {first} %, {high}일 때 {last} %",
    tornado_ends="○ 그 수가 5 % 분위수일 때, ● 95 % 분위수일 때(옆에 값), 나머지는 추첨",
    tornado_share="분산에서의 몫: 다른 수를 모두 알아도 남는 분산(총 소볼 지수, 큰 것부터), [95 % 구간]",
    tornado_guess="* 추정값: 여기서는 그럴듯한 범위에서 고르게 추첨",
    tornado_more_told="생략: 더 작은 {n}개(구간 위 끝 {share} % 이하)",
    tornado_more="생략: 0과 구별되지 않는 {n}개(구간 위 끝 {share} % 이하)",
    tornado_dice="표본오차: 표식마다 ±{}%p. 같은 운을 쓰므로 표식 사이의 차이는 더 정확하다",
    cost_eok="임차비(억 원)",
    gpu_hours="지원 GPU 시간",
    likely_in="끝까지 남을 확률이 가장 높은 팀: {}",
    least_likely_in="끝까지 남을 확률이 가장 낮은 팀: {}",
    overlap="두드러지는 팀 없음: 팀 간 차이가 표본오차 범위 안에 있음",
    groups="홀로 두드러지는 팀 없음: 확률은 {}에서 {}까지",
    one_team="전체 단계: {}",
    compared="중도 합류 팀과 이미 탈락한 팀은 비교에서 제외",
    out="탈락",
    still_in="통과",
    known="{}(확정)",
    never_in="참여 없음",
    absent="– 해당 단계에 참여한 실행이 없음",
    error="95% 표본오차 최대 ±{}%p, 가정이 틀릴 가능성은 포함하지 않음",
    footer="{date}까지 알려진 결과 반영 · {runs} · 시나리오 {hash} · 시뮬레이션",
    runs=("1회 실행", "{:,}회 실행"),
    ahead_axis="다음 단계 탈락 확률(%)",
    equal="균등 확률",
    equal_if="균등 확률({})",
    dot="채운 점",
    stays="규칙에 따라 잔류",
    goes="규칙에 따라 탈락",
    if_option="{}: {}",
    bar="옅은 막대: 가정에 따른 범위(표본오차 아님)",
    tick="짙은 선: 95% 표본오차 구간",
    no_tick="95% 표본오차 구간은 표식보다 좁음",
    held="팀별 GPU 보유량 변화",
    held_unit="B200 환산 개수, 모든 팀이 같은 눈금",
    granted="지원 GPU",
    own="자체 GPU",
    slow="저속 가동",
    window="개발 기간",
    result="{}: 발표 {}",
    delivered="인도 +{}",
    delivery="인도",
    enters="합류",
    leaves="탈락",
    slow_to="속도 {}",
    one_life="단일 실행: {}번, 다른 실행의 결과는 다를 수 있음",
)

_ALL: dict[Lang, Words] = {"en": _EN, "ko": _KO}


def words(lang: Lang) -> Words:
    """The words of a language. Raises ValueError for a language that is not there."""
    try:
        return _ALL[lang]
    except KeyError:
        raise ValueError(f"lang is {lang!r}, expected one of {', '.join(_ALL)}") from None


def percent_text(p: float, low: float, high: float, lang: Lang) -> str:
    """A chance with its interval, in 0..1, as it is printed in a figure: with the sign, or a dash."""
    number = percent(p, low, high)
    return number if number == "–" else words(lang).percent.format(number)


def footer(lang: Lang, date: str, runs: int, scenario_hash: str) -> str:
    """Where a figure comes from, in one line."""
    said = words(lang)
    count = said.runs[0] if runs == 1 else said.runs[1].format(runs)
    return said.footer.format(date=date, runs=count, hash=scenario_hash)
