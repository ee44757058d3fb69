"""What can be shown to be wrong with a pack that loads: desks nobody has, contradictions, text nothing rests on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from remit.checks.coverage import OPEN, coverage
from remit.checks.desks import NOBODY, Desks
from remit.errors import Origin, RemitError, SourceError, VocabularyError
from remit.model.records import record
from remit.model.rule import Consequence, On
from remit.pack.load import Pack
from remit.program.compile import compile_program
from remit.program.program import INVARIANTS, CompiledRule, Program
from remit.semantics.conflict import contradicts, outranks


@record
class Findings:
    """Errors make the pack unfit to run; warnings are for a reader to weigh."""

    errors: tuple[RemitError, ...]
    warnings: tuple[RemitError, ...]


#: A problem, and whether it is an error.
Finding = tuple[RemitError, bool]


def check(pack: Pack) -> Findings:
    """Everything found, each in order of place. Loading has found what is wrong with single files already."""
    found = [finding for finding in examined(pack) if finding is not None]
    errors, warnings = ([p for p, is_error in found if is_error is wanted] for wanted in (True, False))
    return Findings(tuple(sorted(errors, key=in_place)), tuple(sorted(warnings, key=in_place)))


def examined(pack: Pack) -> Iterator[Finding | None]:
    """Each finding as it is made; None now and then, so that whoever has others to answer may stop in between."""
    program = compile_program(pack.policies)
    yield None
    yield from ((p, True) for p in broken(program))
    yield from ((p, True) for p in contradictions(program, pack.graph.levels))
    desks = Desks(pack.graph, program)
    for rule in program.rules:
        yield None
        yield from ((gap, gap.slug == NOBODY) for gap in desks.of_rule(rule))
    yield from ((p, False) for p in (*pack.warnings, *unquoted(pack)))


def in_place(problem: RemitError) -> tuple[Origin, str, str]:
    return (problem.origin, problem.code, str(problem))


def broken(program: Program) -> Iterator[RemitError]:
    """RM902: a compiled rule breaks an invariant; the fault would be ours."""
    for rule in program.rules:
        for name, holds in INVARIANTS.items():
            if not holds(rule):
                yield VocabularyError("RM902", "broken-invariant", found=rule.rule.id, expected=name, origin=rule.rule.origin)  # fmt: skip


def contradictions(program: Program, levels: tuple[str, ...]) -> Iterator[RemitError]:
    """RM509: one act demanded (or allowed) and forbidden to the same bearer by the same trigger, and nothing orders the two."""
    by_action: dict[str | None, list[CompiledRule]] = {}
    for rule in program.rules:
        by_action.setdefault(rule.rule.action, []).append(rule)
    for group in by_action.values():
        if len({rule.rule.modality for rule in group}) < 2:
            continue
        for one, other in combinations(group, 2):
            ordered = outranks(one, other, levels) or outranks(other, one, levels)
            if contradicts(one, other) and meet(one, other, program) and not ordered:
                yield VocabularyError("RM509", "contradiction", found=f"{one.rule.id} and {other.rule.id}", expected="`overrides` in one of them", origin=other.rule.origin)  # fmt: skip


def meet(one: CompiledRule, other: CompiledRule, program: Program) -> bool:
    """Whether both surely apply together: a day, a bearer and a trigger in common, no condition that could part them."""
    first = max(one.effective_on, other.effective_on)
    same_day = one.in_force_on(first) and other.in_force_on(first)
    same_condition = one.guard == other.guard or one.guard is None or other.guard is None
    excepted = one.rule.exception is not None or other.rule.exception is not None
    same_bearer = bool(set(one.rule.bearers) & set(other.rule.bearers))
    return same_day and same_condition and not excepted and same_bearer and set_off_together(one, other, program)


def set_off_together(one: CompiledRule, other: CompiledRule, program: Program) -> bool:
    """One event type sets both off, one failure does, or the calendar or the text does so alike."""
    match one.rule.trigger, other.rule.trigger:
        case On(), On():
            return bool(one.triggers & other.triggers)
        case Consequence(), Consequence():
            return any({one.rule.id, other.rule.id} <= set(cause.rule.then) for cause in program.rules)
        case mine, theirs:
            return mine == theirs


def unquoted(pack: Pack) -> Iterator[RemitError]:
    """RM110: a clause of the source no rule rests on."""
    for covered in coverage(pack).sentences:
        if covered.state == OPEN:
            policy = pack.policy(covered.policy)
            place = Origin(f"policies/{policy.id}/source.txt", covered.sentence.line, 1)
            yield SourceError("RM110", "open-clause", found="；".join(covered.open_clauses) or covered.sentence.text, expected="a rule that quotes it, or one that declares it non_normative", origin=place)  # fmt: skip
