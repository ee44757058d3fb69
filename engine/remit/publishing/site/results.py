"""The scenarios' latest results, as `remit test --json` writes them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

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


class FailedStep(BaseModel):
    """The step at which a scenario failed."""

    model_config = ConfigDict(frozen=True)

    text: str = ""


class Result(BaseModel):
    """One run of one scenario: where it stands, how it went, and of a failure the step and what it said."""

    model_config = ConfigDict(frozen=True)

    file: str
    name: str
    status: str
    line: int = 0
    tags: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    failed_step: FailedStep | None = None
    step: str | None = None
    message: str | None = None
    details: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        return SAID.get(self.status.lower(), Outcome.NOT_RUN)

    @property
    def failure(self) -> tuple[str, str]:
        """The step that failed, and what was said of it."""
        step = self.failed_step.text if self.failed_step else self.step
        return step or "", "\n".join(filter(None, (self.message, *self.details)))


class Report(BaseModel):
    """What a run of the features has to say: under `results`, or `scenarios` where that is a list."""

    results: tuple[Result, ...] = Field(validation_alias=AliasChoices("results", "scenarios"))


def read_results(path: Path) -> tuple[Result, ...]:
    """Every result of the file, in its order.

    Raises:
        SiteError: RM871, it is not what `remit test --json` writes.
    """
    try:
        return Report.model_validate_json(path.read_bytes()).results
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
