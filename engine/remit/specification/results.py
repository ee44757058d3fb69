"""The results of a specification as one JSON object, for other programs; docs/specification.md says what each key means."""

from __future__ import annotations

from remit.specification.play import Failure, Result
from remit.specification.run import Outcome


def as_json(outcome: Outcome) -> dict[str, object]:
    """Everything found, in order; the same input gives the same bytes."""
    return {
        "scenarios": len(outcome.results),
        "passed": len(outcome.results) - len(outcome.failures),
        "failed": len(outcome.failures),
        "complete": outcome.complete,
        "errors": [problem.as_json() for problem in outcome.problems],
        "results": [result_json(result) for result in outcome.results],
        "rules": {"reached": sorted(outcome.reached), "unreached": list(outcome.unreached)},
    }


def result_json(result: Result) -> dict[str, object]:
    scenario = result.scenario
    return {
        "file": scenario.file,
        "line": scenario.line,
        "row": scenario.row,
        "feature": scenario.feature,
        "name": scenario.name,
        "title": scenario.title,
        "tags": list(scenario.tags),
        "status": result.status,
        "rules": list(result.rules),
        **failure_json(result.failure),
    }


def failure_json(failure: Failure | None) -> dict[str, object]:
    step = failure.step if failure else None
    return {
        "failed_step": {"line": step.line, "text": step.written} if step else None,
        "message": failure.message if failure else None,
        "details": list(failure.details) if failure else [],
    }
