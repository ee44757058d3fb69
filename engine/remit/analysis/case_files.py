"""The cases that show findings, as files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from remit.analysis.findings import Finding
from remit.errors import AnalysisError, Origin


def write_cases(findings: Iterable[Finding], folder: Path, *, force: bool) -> dict[str, Path]:
    """One case file for each finding that has a case; all or none are written.

    Raises:
        AnalysisError: RM843, a file is there already.
    """
    shown = [finding for finding in findings if finding.witness]
    files = {finding.name: folder / f"{finding.name}.yaml" for finding in shown}
    folders = [folder] if folder.exists() and not folder.is_dir() else []
    for path in (*folders, *(() if force else files.values())):
        if path.exists():
            raise AnalysisError("RM843", "file-exists", found=str(path), expected="a file that is not there yet", origin=Origin(str(path)), hint="--force writes over it")  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    for finding in shown:
        if finding.witness:
            text = finding.witness.yaml(f"{finding.claim.zh}\n{finding.claim.en}")
            files[finding.name].write_text(text, "utf-8")
    return files
