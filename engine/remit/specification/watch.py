"""What a changed file touches: of a feature its scenarios, of a rule those in which it has a say, of the vocabulary all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from remit.errors import SpecificationError
from remit.pack.load import Pack
from remit.program.compile import RUN, compile_rule
from remit.specification.features import Scenario, Specification
from remit.specification.memory import fingerprint
from remit.specification.run import steps_of
from remit.specification.slices import Spoken, Ties, concerned

#: How long the watcher sleeps before it looks whether it is still wanted.
PAUSE_MS = 200
WATCHED = ("policies", "facts", "features")


def changes(root: Path) -> Iterator[frozenset[Path]]:
    """The files that are changed from now on, together where they are changed together; for ever.

    Raises:
        SpecificationError: RM831, watchfiles is not installed.
    """
    try:
        from watchfiles import watch
    except ImportError as missing:
        raise SpecificationError("RM831", "workbench-missing", found="watchfiles", expected="an installed watchfiles", hint='pip install "remit[workbench]"') from missing  # fmt: skip
    home = root.resolve()
    folders = (home / name for name in WATCHED if (home / name).is_dir())
    waiting = watch(*folders, raise_interrupt=False, yield_on_timeout=True, rust_timeout=PAUSE_MS)
    first = next(waiting)  # what is changed while the scenarios are told for the first time is not missed
    return (frozenset(Path(path).relative_to(home) for _, path in found) for found in chain([first], waiting) if found)


def touched(paths: Iterable[Path], before: Pack | None, after: Pack, specification: Specification) -> tuple[Scenario, ...]:  # fmt: skip
    """The scenarios to tell again."""
    changed = frozenset(paths)
    if before is None or any(path.parts[0] == "facts" for path in changed):
        return specification.scenarios
    features = {path.as_posix() for path in changed if path.suffix == ".feature"}
    rules = changed_rules(before, after) if any(path.parts[0] == "policies" for path in changed) else frozenset()
    if rules is None:
        return specification.scenarios
    return tuple(s for s in specification.scenarios if s.file in features or (rules and has_say(rules, s, before, after)))  # fmt: skip


def changed_rules(before: Pack, after: Pack) -> frozenset[str] | None:
    """The rules that are new, gone or otherwise; None where the policies themselves are."""
    heads = [[(p.id, p.level, p.effective_on, p.repealed_on, p.first_period, p.counting) for p in pack.policies] for pack in (before, after)]  # fmt: skip
    if heads[0] != heads[1]:
        return None
    told = [{(r.policy, r.id): fingerprint(r) for p in pack.policies for r in p.rules} for pack in (before, after)]
    return frozenset(name for policy, name in told[0].keys() | told[1].keys() if told[0].get((policy, name)) != told[1].get((policy, name)))  # fmt: skip


def has_say(rules: frozenset[str], scenario: Scenario, before: Pack, after: Pack) -> bool:
    """Whether one of these rules has a say in it, as it was or as it is."""
    try:
        steps = steps_of(scenario)
    except SpecificationError:
        return True
    for pack in (before, after):
        if rules & concerned(steps, pack, Ties.of(pack)):
            return True
        triggers = {t for p in pack.policies for r in p.rules if r.id in rules and r.modality in RUN for t in compile_rule(r, p, 0).triggers}  # fmt: skip
        if triggers & Spoken.of(steps, pack).events:
            return True
    return False
