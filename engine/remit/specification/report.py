"""The results as one page that any browser shows: no other file, no request, in Chinese or English, on a phone's width too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from remit.errors import Origin, SpecificationError
from remit.explain.messages import told
from remit.pack.load import Pack
from remit.specification.features import Feature
from remit.specification.play import Result
from remit.specification.run import Outcome

TEMPLATES = Path(__file__).parent / "templates"
WORDS: dict[str, dict[str, str]] = {
    "zh": {
        "title": "场景检验报告", "scenarios": "场景", "passed": "通过", "failed": "失败", "undefined": "步骤不明", "rules": "规则",
        "reached": "在场景中产生义务的规则", "unreached": "没有场景产生其义务的规则", "errors": "场景文件的错误", "examples": "例子", "none": "没有。",
        "line": "行", "all": "全部显示", "only_failed": "只看未通过", "contents": "目录", "why": "说明", "skip": "跳到正文", "tags": "标签",
        "some": "本次只检验了部分场景。", "status": "结果", "example": "例",
    },
    "en": {
        "title": "Report on the scenarios", "scenarios": "scenarios", "passed": "passed", "failed": "failed", "undefined": "not understood",
        "rules": "rules", "reached": "Rules whose obligations arise in a scenario", "unreached": "Rules whose obligations arise in none",
        "errors": "Errors in feature files", "examples": "examples", "none": "None.", "line": "line", "all": "show all", "only_failed": "only what failed",
        "contents": "Contents", "why": "Explanation", "skip": "Skip to the contents", "tags": "tags", "some": "Only some of the scenarios were told.",
        "status": "result", "example": "example",
    },
}  # fmt: skip


def require_writable(path: Path, *, force: bool) -> None:
    """Raise RM724 where a file is in the way, RM102 where there is no folder to put it in."""
    if path.is_dir() or (path.exists() and not force):
        raise SpecificationError("RM724", "file-exists", found=str(path), expected="a new file", origin=Origin(str(path)), hint=None if path.is_dir() else "--force writes over it")  # fmt: skip
    if not path.absolute().parent.is_dir():
        raise SpecificationError("RM102", "file-missing", found=str(path.parent), expected="a directory", origin=Origin(str(path)))  # fmt: skip


def write_report(outcome: Outcome, pack: Pack, language: str, path: Path) -> None:
    """The page, written in one go.

    Raises:
        SpecificationError: RM831, Jinja2 is not installed.
    """
    path.write_text(page(outcome, pack, language), "utf-8")


def page(outcome: Outcome, pack: Pack, language: str) -> str:
    """The whole page as text."""
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError as missing:
        raise SpecificationError("RM831", "workbench-missing", found="Jinja2", expected="an installed Jinja2", hint='pip install "remit[workbench]"') from missing  # fmt: skip
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)  # fmt: skip
    return environment.get_template("report.html.j2").render(
        lang="zh-CN" if language == "zh" else "en",
        words=WORDS[language],
        pack=pack.vocabulary.title.of(language),
        total=len(outcome.results),
        passed=len(outcome.results) - len(outcome.failures),
        failed=len(outcome.failures),
        complete=outcome.complete,
        problems=[told(problem, language) for problem in outcome.problems],
        features=[f for f in (feature_of(feature, outcome) for feature in outcome.features) if f["scenarios"]],
        reached=[rule_of(name, pack, language) for name in outcome.rules if name in outcome.reached],
        unreached=[rule_of(name, pack, language) for name in outcome.unreached] if outcome.complete else [],
    )


def rule_of(name: str, pack: Pack, language: str) -> dict[str, str]:
    rule = pack.rules[name]
    action = pack.vocabulary.actions[str(rule.action)].label.of(language) if rule.action else ""
    return {
        "id": name,
        "article": rule.article_label,
        "action": action,
        "quote": "……".join(q.text for q in rule.quotes),
    }


def feature_of(feature: Feature, outcome: Outcome) -> dict[str, Any]:
    """A feature with its scenarios; the examples of an outline stand under one heading."""
    mine = [result for result in outcome.results if result.scenario.file == feature.file]
    groups: dict[int, list[Result]] = {}
    for result in mine:
        groups.setdefault(result.scenario.line, []).append(result)
    return {
        "id": feature.file.replace("/", "-").replace(".", "-"),
        "file": feature.file,
        "name": feature.name,
        "description": feature.description,
        "passed": sum(result.passed for result in mine),
        "total": len(mine),
        "scenarios": [scenario_of(results) for results in groups.values()],
    }


def scenario_of(results: list[Result]) -> dict[str, Any]:
    """A scenario, or an outline with all its examples. Steps are shown of the first, and of each that failed."""
    first = results[0].scenario
    worst = next((r for r in results if not r.passed), results[0])
    return {
        "name": first.name,
        "line": first.line,
        "tags": first.tags,
        "status": worst.status,
        "passed": sum(r.passed for r in results),
        "total": len(results),
        "steps": steps_of(worst),
        "head": [name for name, _ in first.example],
        "examples": [{"values": [value for _, value in r.scenario.example], "status": r.status} for r in results if first.example],
        "failures": [failure_of(r) for r in results if r.failure is not None],
        "rules": sorted({rule for r in results for rule in r.rules}),
    }  # fmt: skip


def steps_of(result: Result) -> list[dict[str, Any]]:
    """Each step with how it went: passed, failed, or not reached."""
    failed_at = result.failure.step if result.failure else None
    shown: list[dict[str, Any]] = []
    after = False
    for n, step in enumerate(result.scenario.steps):
        state = "failed" if step is failed_at else "skipped" if after or result.status == "undefined" or (not result.passed and n >= result.steps_passed) else "passed"  # fmt: skip
        after = after or step is failed_at
        shown.append({"keyword": step.keyword, "text": step.text, "table": step.table or (), "state": state})
    return shown


def failure_of(result: Result) -> dict[str, Any]:
    failure = result.failure
    return {
        "title": result.scenario.title,
        "place": result.scenario.place,
        "step": failure.step.written if failure and failure.step else "",
        "message": failure.message if failure else "",
        "details": "\n".join(failure.details) if failure else "",
    }
