"""The words of `sim resume` and `sim results`, in English and Korean."""

from __future__ import annotations

Words = dict[str, str]

EN: Words = {
    "complete": "Complete: nothing is missing in {folder}, and every checksum agrees.",
    "resumed": "Complete: what was missing in {folder} has been played and written.",
    "run": "A run of {name}",
    "sweep": "A sweep of {scenario} at {points} points, by {vary}",
    "comparison": "A comparison of {given}",
    "sensitivity": "A sensitivity analysis of {name}, {points} points",
    "kind": "{hash} · seed {seed} · replications {ranges}",
    "unknown": "not known yet",
    "parts alone": "Parts there: {there}; how many it takes is told by playing.",
    "plot": "Next: sim plot {folder}",
    "rows": "Kept: rows and counts. Engine: {engine}.",
    "counts": "Kept: counts. Engine: {engine}.",
    "total": "Kept: the sum of all counts. Engine: {engine}.",
    "parts": "Parts there and as they were written: {there} of {of}.",
    "counted": "Counted: {runs} replications.",
    "missing": "To be played: {ranges}.",
    "file missing": "Missing: {file}",
    "file truncated or edited": "Truncated or edited: {file}",
    "file of another run": "Of another run: {file}",
    "file of another range": "In another's place: {file}",
    "more": "... and {n} more files",
    "failed": "Failed: {n}, see failures.csv; the first: {first}",
    "whole": "Complete, and every checksum agrees.",
    "unfinished": "Not complete: sim resume {folder} goes on.",
    "merged": "Merged: {n} folders, {runs} runs, in {folder}",
    "gaps": "Not in it: replications {ranges}; tables and figures are written once there is no gap.",
    "versions": "Other versions: {versions}.",
    "not_of_it": "Not of this run, and not compared: {files}",
    "same": "The same: {n} files agree, byte for byte.",
    "other": "{n} of {of} files are not what their manifest gives:",
    "replay missing": "missing",
    "replay differs": "differs",
}

KO: Words = {
    "complete": "완료: {folder}에 빠진 것이 없고 모든 체크섬이 일치한다.",
    "resumed": "완료: {folder}에 빠진 것을 실행하여 저장했다.",
    "run": "실행: {name}",
    "sweep": "스윕: {scenario}, {points}곳, {vary}",
    "comparison": "비교: {given}",
    "sensitivity": "민감도 분석: {name}, 점 {points}개",
    "kind": "{hash} · 시드 {seed} · 실행 번호 {ranges}",
    "unknown": "아직 모름",
    "parts alone": "온전한 부분: {there}개. 전체 수는 실행해 보아야 안다.",
    "plot": "다음: sim plot {folder}",
    "rows": "저장한 것: 행과 집계. 엔진: {engine}.",
    "counts": "저장한 것: 집계. 엔진: {engine}.",
    "total": "저장한 것: 집계의 합. 엔진: {engine}.",
    "parts": "온전한 부분: {of}개 중 {there}개.",
    "counted": "집계한 실행: {runs}회.",
    "missing": "실행할 것: {ranges}.",
    "file missing": "없음: {file}",
    "file truncated or edited": "잘렸거나 고쳐짐: {file}",
    "file of another run": "다른 실행의 파일: {file}",
    "file of another range": "다른 구간의 파일: {file}",
    "more": "... 외 파일 {n}개",
    "failed": "실패 {n}회(failures.csv), 첫 번째: {first}",
    "whole": "완료되었고 모든 체크섬이 일치한다.",
    "unfinished": "완료되지 않음: sim resume {folder}",
    "merged": "합침: 폴더 {n}개, {runs}회, {folder} 안에",
    "gaps": "빠진 실행 번호: {ranges}. 표와 그림은 빠진 것이 없을 때 저장한다.",
    "versions": "다른 버전: {versions}.",
    "not_of_it": "이 실행의 파일이 아니어서 비교하지 않음: {files}",
    "same": "같다: 파일 {n}개가 바이트까지 일치한다.",
    "other": "파일 {of}개 중 {n}개가 매니페스트의 결과와 다르다:",
    "replay missing": "없음",
    "replay differs": "다름",
}


def words(lang: str) -> Words:
    """The words of "en" or "ko"."""
    return KO if lang == "ko" else EN
