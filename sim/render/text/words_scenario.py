"""Every fixed word that `sim check` and `sim scenario` print, in English and Korean."""

from __future__ import annotations

Words = dict[str, str]

EN: Words = {
    "fine": "{file}: no mistakes; {teams} teams, {stages} stages; {guesses} of {inputs} inputs are guesses",
    "warning": "warning: {problem}",
    "kind": "write",
    "default": "default",
    "plausible": "plausible",
    "symbol": "symbol",
    "source": "source",
    "example": "example",
    "try": "try",
    "or": " or ",
    "at_least": "at least {number}",
    "above": "above {number}",
    "at_most": " and at most {number}",
    "needed": "none, it is required",
    "nothing": "none",
    "guess": "a guess",
    "from_to": "from {low} to {high}",
    "inside": "Keys inside, each explained in the same way:",
    "several": "{n} keys end like '{path}'; choose one:",
    "same": "No value differs.",
    "nowhere": "–",
    "teams": "teams",
    "stages": "stages",
    "known": "known until",
    "use": "Use one by its name: sim run {name}",
    "started": "Written: {file}. Next: sim check {file}, then sim run {file}",
}

KO: Words = {
    "fine": "{file}: 잘못 없음. {teams}팀, {stages}단계. 입력 {inputs}개 중 추정 {guesses}개",
    "warning": "주의: {problem}",
    "kind": "쓰는 법",
    "default": "기본값",
    "plausible": "그럴듯한 범위",
    "symbol": "기호",
    "source": "출처",
    "example": "예",
    "try": "해 보기",
    "or": " 또는 ",
    "a number": "수",
    "a distribution": "분포",
    "a whole number": "정수",
    "text": "글",
    "true or false": "true 또는 false",
    "a date": "날짜",
    "text, or {en, ko}": "글, 또는 {en, ko}",
    "a window such as 2025-09-09 to 2025-12-30": "2025-09-09 to 2025-12-30 같은 기간",
    "a date, or {planned, actual}": "날짜, 또는 {planned, actual}",
    "a table by id": "id별 표",
    "a list": "목록",
    "a block of keys": "키의 묶음",
    "at_least": "{number} 이상",
    "above": "{number} 초과",
    "at_most": " {number} 이하",
    "needed": "없음, 꼭 써야 한다",
    "nothing": "없음",
    "guess": "추정",
    "from_to": "{low}부터 {high}까지",
    "inside": "안에 든 키(같은 방법으로 설명을 볼 수 있다):",
    "several": "'{path}'로 끝나는 키는 {n}개다. 하나를 고르라:",
    "same": "다른 값이 없다.",
    "nowhere": "–",
    "teams": "팀",
    "stages": "단계",
    "known": "알려진 날",
    "use": "이름만으로 쓸 수 있다: sim run {name}",
    "started": "만든 파일: {file}. 다음: sim check {file}, 이어서 sim run {file}",
}


def words(lang: str) -> Words:
    """The words of "en" or "ko"."""
    return KO if lang == "ko" else EN
