"""`implements` of a policy: the superior documents it carries out, and what its rules say they carry out of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from remit.errors import VocabularyError
from remit.model.rule import Policy, Superior, SuperiorDuty
from remit.model.text import Text
from remit.pack.fields import Fields
from remit.pack.yaml_reader import Problems, Scalar

SUPERIOR_KEYS = ("policy", "id", "title", "number", "issuer", "duties")
DUTY_KEYS = ("article", "quote")


def read_superiors(fields: Fields) -> tuple[Superior, ...]:
    """`{policy: …}` for a policy of this pack, else `{id, title, number, issuer, duties}`."""
    found = []
    for node in fields.many("implements"):
        inner = Fields(node, "superior", SUPERIOR_KEYS, fields.problems)
        policy = inner.text("policy")
        name = policy or inner.text("id", required=True)
        if name is None:
            continue
        title = inner.label("title", required=policy is None) or Text(name, name)
        number, issuer = inner.text("number") or "", inner.text("issuer") or ""
        found.append(Superior(name, title, number, issuer, policy, tuple(read_duties(inner)), inner.origin))
    return tuple(found)


def read_duties(fields: Fields) -> Iterator[SuperiorDuty]:
    """The duties listed of a document whose rules are not in the pack."""
    for key, node in fields.entries("duties"):
        inner = Fields(node, "superior-duty", DUTY_KEYS, fields.problems)
        quote = inner.text("quote", required=True)
        yield SuperiorDuty(key.text, inner.text("article") or "", quote or "", key.origin)


def check_superiors(policies: Sequence[Policy], problems: Problems) -> None:
    """A superior named as a policy is one of the pack and not the policy itself; what a rule implements is declared; no circle."""
    by_id = {policy.id: policy for policy in policies}
    for policy in policies:
        others = [name for name in by_id if name != policy.id]
        for superior in policy.implements:
            if superior.policy is not None and superior.policy not in others:
                named = Scalar(superior.policy, superior.origin)
                problems.unknown("policy", named, others, "the id of another policy of the pack")
        known = tuple(names_of(policy, by_id))
        for rule in policy.rules:
            for name in rule.implements:
                if name not in known:
                    problems.unknown("superior", Scalar(name, rule.origin), known, "a document, rule or duty that `implements` of the policy declares")  # fmt: skip
    ring = circle({p.id: [s.policy for s in p.implements if s.policy is not None] for p in policies})
    if ring and ring[0] in by_id:
        problems.add(VocabularyError("RM217", "rules-go-round", found=" → ".join(ring), expected="no circle of `implements`", origin=by_id[ring[0]].origin))  # fmt: skip


def names_of(policy: Policy, by_id: Mapping[str, Policy]) -> Iterator[str]:
    """Everything that a rule of this policy can be said to implement."""
    for superior in policy.implements:
        yield superior.id
        yield from (duty.id for duty in superior.duties)
        if superior.policy is not None and superior.policy in by_id:
            yield from (rule.id for rule in by_id[superior.policy].rules)


def circle(above: Mapping[str, Sequence[str]]) -> list[str]:
    """A policy that, through others, implements itself; empty where none does."""
    try:
        TopologicalSorter(above).prepare()
    except CycleError as wrong:
        ring: list[str] = wrong.args[1]
        return ring[::-1]
    return []
