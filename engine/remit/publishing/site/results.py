"""The scenarios' latest results, as `remit test --json` writes them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from remit.errors import Origin, SiteError


class Outcome(StrEnum):
    """What became of a scenario when it last ran."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not_run"


#: The words of test reports. Whatever else one says, nothing was shown.
SAID: Mapping[str, Outcome] = {
    "passed": Outcome.PASSED, "pass": Outcome.PASSED, "ok": Outcome.PASSED,
    "failed": Outcome.FAILED, "fail": Outcome.FAILED, "error": Outcome.FAILED,
}  # fmt: skip


class Result(BaseModel):
    """One run of one scenario: where it stands, how it went, and of a failure the step and what it said."""

    model_config = ConfigDict(frozen=True)

    file: str
    name: str
    status: str
    line: int = 0
    tags: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    step: str | None = None
    message: str | None = None

    @property
    def outcome(self) -> Outcome:
        return SAID.get(self.status.lower(), Outcome.NOT_RUN)


class Report(BaseModel):
    """What a run of the features has to say."""

    scenarios: tuple[Result, ...]


def read_results(path: Path) -> tuple[Result, ...]:
    """Every result of the file, in its order.

    Raises:
        SiteError: RM871, it is not what `remit test --json` writes.
    """
    try:
        return Report.model_validate_json(path.read_bytes()).scenarios
    except OSError as unread:
        found = unread.strerror or path.name
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        found = f"{where}: {first['msg']}" if where else first["msg"]
    raise SiteError(
        "RM871",
        "not-test-results",
        found=found,
        expected="the object that `remit test --json` prints",
        origin=Origin(str(path)),
    )
