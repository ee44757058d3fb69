"""`measure`: how much of a pack its scenarios hold fast. Every change judged, the survivors explained or shown how to be noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from remit.errors import RemitError, SpecificationError, nearest
from remit.model.text import Text
from remit.pack.load import Pack
from remit.specification.equivalence import Prover
from remit.specification.judge import Judge
from remit.specification.memory import Verdicts
from remit.specification.mutants import Mutant, mutants
from remit.specification.run import Outcome
from remit.specification.survivors import FILE, Explained, read_survivors

#: So many changes go to another process at once.
AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Survivor:
    """A change that no scenario notices: the reason why that is well so, or a scenario that would notice it, or neither."""

    mutant: Mutant
    reason: str | None = None
    scenario: str | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """What was found.

    Attributes:
        mutants: how many changes were judged, those proven to be none left out.
        noticed: how many of them some scenario notices.
        equivalent: the changes that change nothing, each with its proof.
        survivors: the changes nothing notices.
        problems: entries of the list of survivors that are not right.
    """

    mutants: int
    noticed: int
    equivalent: tuple[tuple[Mutant, Text], ...]
    survivors: tuple[Survivor, ...]
    problems: tuple[RemitError, ...] = ()

    @property
    def unexplained(self) -> tuple[Survivor, ...]:
        return tuple(s for s in self.survivors if s.reason is None)

    @property
    def share(self) -> float:
        return self.noticed / self.mutants if self.mutants else 1.0


def measure(
    pack: Pack,
    outcome: Outcome,
    *,
    only: Sequence[str] = (),
    jobs: int = 1,
    scenarios: bool = True,
    sample: int = 1,
    step: Callable[[int], None] = lambda _: None,
) -> Measure:
    """Judge every change of the pack by the scenarios that passed.

    Args:
        pack: as it is.
        outcome: what became of its scenarios.
        only: ids of rules and readings to change; left out, all.
        jobs: how many processes judge.
        scenarios: whether a scenario is sought for every survivor that has no reason.
        sample: only every so-manieth change.
        step: hears how many changes there are still to judge.

    Raises:
        SpecificationError: RM832, there is no such rule or reading.
    """
    known = {r.id for p in pack.policies for r in p.rules} | set(pack.vocabulary.readings)
    for name in only:
        if name not in known:
            raise SpecificationError("RM832", "unknown-change", found=name, expected="the id of a rule or a reading", suggestion=nearest(name, known))  # fmt: skip
    judge, prover = Judge(pack, outcome), Prover(pack)
    changes = mutants(pack, only)[::sample]
    kept = Verdicts(judge)
    verdicts = dict(judged(judge, kept, changes, jobs, step))
    kept.write(whole=not only and sample == 1)
    left = [mutant for mutant in changes if not verdicts[mutant.id]]
    proven = {mutant.id: proof for mutant in left if (proof := prover.proof(mutant)) is not None}
    explained = read_survivors(pack.root)
    survivors = tuple(Survivor(m, reason_of(m, explained)) for m in left if m.id not in proven)
    if scenarios:
        survivors = tuple(shown(survivor, judge) for survivor in survivors)
    return Measure(
        mutants=len(changes) - len(proven),
        noticed=len(changes) - len(left),
        equivalent=tuple((mutant, proven[mutant.id]) for mutant in left if mutant.id in proven),
        survivors=survivors,
        problems=tuple(stale(explained.values(), survivors, changes, whole=not only and sample == 1)),
    )


def reason_of(mutant: Mutant, explained: Mapping[str, Explained]) -> str | None:
    return explained[mutant.id].reason if mutant.id in explained else None


def shown(survivor: Survivor, judge: Judge) -> Survivor:
    """With a scenario that would notice it, where one is found."""
    from remit.specification.witness import noticing

    return survivor if survivor.reason is not None else replace(survivor, scenario=noticing(survivor.mutant, judge))


def stale(
    explained: Iterable[Explained], survivors: Sequence[Survivor], changes: Sequence[Mutant], *, whole: bool
) -> Iterator[SpecificationError]:
    """RM830: an entry for a change that some scenario notices, that is proven to be none, or that is none."""
    surviving, judged_ones = {s.mutant.id for s in survivors}, {m.id for m in changes}
    for entry in explained:
        if entry.change not in surviving and (whole or entry.change in judged_ones):
            yield SpecificationError("RM830", "survivor-stale", found=entry.change, expected=f"a change that no scenario notices; strike it out of {FILE}", origin=entry.origin, suggestion=nearest(entry.change, surviving))  # fmt: skip


# --- judging, here or elsewhere --------------------------------------------------------------------


def judged(
    judge: Judge, kept: Verdicts, changes: Sequence[Mutant], jobs: int, step: Callable[[int], None]
) -> Iterator[tuple[str, bool]]:
    """Every change with its verdict: noticed or not. What was found out before is not asked again."""
    open_ones: list[Mutant] = []
    for mutant in changes:
        known = kept.recall(mutant)
        if known is None:
            open_ones.append(mutant)
        else:
            yield mutant.id, known
    step(len(open_ones))
    for n, (mutant, noticed) in enumerate(asked(judge, open_ones, jobs), 1):
        kept.keep(mutant, noticed=noticed)
        step(len(open_ones) - n)
        yield mutant.id, noticed


def asked(judge: Judge, changes: Sequence[Mutant], jobs: int) -> Iterator[tuple[Mutant, bool]]:
    if jobs <= 1 or len(changes) <= AT_ONCE:
        yield from ((mutant, judge.noticed_by(mutant) is not None) for mutant in changes)
        return
    told = Outcome((), tuple(replace(r, failure=None) for r in judge.results), (), ())
    with ProcessPoolExecutor(
        jobs, mp_context=get_context("spawn"), initializer=begin, initargs=(judge.pack.root, told)
    ) as pool:
        yield from zip(changes, pool.map(notices, changes, chunksize=AT_ONCE), strict=True)


#: The judge of this process, where it was started to judge.
BENCH: list[Judge] = []


def begin(root: Path, outcome: Outcome) -> None:
    """Load the pack and learn the scenarios, once a process."""
    BENCH[:] = [Judge(Pack.load(root), outcome)]


def notices(mutant: Mutant) -> bool:
    return BENCH[0].noticed_by(mutant) is not None


# --- telling ---------------------------------------------------------------------------------------


def as_json(found: Measure) -> dict[str, object]:
    """One object; the same pack and scenarios give the same bytes."""
    return {
        "mutants": found.mutants,
        "noticed": found.noticed,
        "survivors": [survivor_json(s) for s in found.survivors],
        "equivalent": [{**mutant_json(mutant), "proof": proof.as_json()} for mutant, proof in found.equivalent],
        "errors": [problem.as_json() for problem in found.problems],
    }


def survivor_json(survivor: Survivor) -> dict[str, object]:
    return {**mutant_json(survivor.mutant), "reason": survivor.reason, "scenario": survivor.scenario}


def mutant_json(mutant: Mutant) -> dict[str, object]:
    return {"id": mutant.id, "of": mutant.of, "kind": mutant.kind, "change": mutant.change.as_json()}
