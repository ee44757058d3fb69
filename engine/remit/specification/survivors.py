"""`features/survivors.yaml`: the changes that no scenario notices, each with the reason why that is well so.

    survivors:
      - change: a4.liaison-replaced:if.drop.2
        reason: …

The list is exact: a change that is noticed, or is none, is struck out; a survivor that is not listed has still to be explained.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from remit.errors import Origin, PackError
from remit.pack.fields import Fields
from remit.pack.yaml_reader import Problems, decoded, read

FILE = "features/survivors.yaml"
KEYS = ("survivors",)
ENTRY = ("change", "reason")


@dataclass(frozen=True, slots=True)
class Explained:
    """One entry: the id of a change, why nothing notices it, and where that stands."""

    change: str
    reason: str
    origin: Origin


def read_survivors(root: Path) -> Mapping[str, Explained]:
    """The entries by change; none where there is no file.

    Raises:
        PackError: the file is not as it should be.
    """
    path = root / FILE
    if not path.is_file():
        return {}
    problems = Problems()
    node = read(decoded(path.read_bytes(), FILE), FILE)
    fields = Fields(node, "survivors", KEYS, problems)
    found: dict[str, Explained] = {}
    for item in fields.many("survivors"):
        entry = Fields(item, "survivor", ENTRY, problems)
        change, reason = entry.scalar("change", required=True), entry.text("reason", required=True)
        if change is not None and reason is not None:
            found[change.text] = Explained(change.text, reason, change.origin)
    if problems.found:
        raise PackError(problems.found)
    return found
