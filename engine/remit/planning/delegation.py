"""The delegation chain: what a superior document asks for, which local rule carries it out, and what goes beyond it.

Only what the pack holds is compared. Of a document known by its title alone nothing is said but that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from remit.errors import EventError, nearest
from remit.model.rule import ByReading, Every, OnDay, Policy, Rule, Superior, Timing, Window, Within
from remit.model.terms import Modality, Period
from remit.model.text import Text
from remit.pack.load import Pack

#: How alike two quotes must be for the one to be shown as a likely place for the other.
ALIKE = 0.45
#: The measure of what can be compared: hours in each unit of a time limit.
HOURS = {"hours": 1, "days": 24}
MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.HALF_YEAR: 6, Period.YEAR: 12}


class Shift(StrEnum):
    """In what a local rule differs from the duty it carries out."""

    LATER = "later"
    EARLIER = "earlier"
    UNCOMPARED = "limits_not_comparable"
    NO_LIMIT = "no_limit"
    RARER = "rarer"
    OFTENER = "oftener"
    WEAKER_MODALITY = "weaker_modality"


#: What falls short of the superior document.
SHORT = frozenset({Shift.LATER, Shift.NO_LIMIT, Shift.RARER, Shift.WEAKER_MODALITY})


@dataclass(frozen=True, slots=True)
class Demand:
    """One duty or prohibition of the superior document: a rule of this pack, or one listed in its own words."""

    id: str
    article: str
    quotes: tuple[str, ...]
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Carried:
    """A local rule that says it carries a demand out, and in what it differs."""

    rule: Rule
    shifts: tuple[Shift, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A demand and what carries it out. `likely` are rules that do not say so but do the same act, or sound like it."""

    demand: Demand
    carried: tuple[Carried, ...]
    likely: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """One superior document beside the policy that implements it.

    Attributes:
        known: whether the pack holds its rules, or lists its duties; else only its title is known and `links` is empty.
        named_by: local rules that name the document as such, without saying which of its duties.
        beyond: local duties and prohibitions that carry out nothing of it; empty where nothing is known of it.
    """

    policy: Policy
    superior: Superior
    title: Text
    known: bool
    links: tuple[Link, ...] = ()
    named_by: tuple[Rule, ...] = ()
    beyond: tuple[Rule, ...] = ()

    @property
    def missing(self) -> tuple[Link, ...]:
        """Demands that no local rule says it carries out."""
        return tuple(link for link in self.links if not link.carried)

    @property
    def short(self) -> tuple[Link, ...]:
        """Demands whose local rules all fall short of them."""
        return tuple(link for link in self.links if link.carried and all(SHORT & set(c.shifts) for c in link.carried))


def delegation(pack: Pack, superior: str | None = None) -> tuple[Chain, ...]:
    """Every policy beside every document it implements; with `superior`, only that one, by id, number or title.

    Raises:
        EventError: RM456, no policy of the pack implements a document of this name.
    """
    chains = tuple(chain_of(pack, policy, above) for policy in pack.policies for above in policy.implements)
    if superior is None:
        return chains
    found = tuple(chain for chain in chains if superior in spellings(chain))
    if not found:
        known = [name for chain in chains for name in spellings(chain)]
        raise EventError("RM456", "unknown-name", found=superior, expected="a document that some policy `implements`", suggestion=nearest(superior, known))  # fmt: skip
    return found


def spellings(chain: Chain) -> frozenset[str]:
    return frozenset({chain.superior.id, chain.superior.number, chain.title.zh, chain.title.en} - {""})


def chain_of(pack: Pack, policy: Policy, above: Superior) -> Chain:
    other = pack.policy(above.policy) if above.policy is not None else None
    demands = tuple(demands_of(above, other))
    title = other.title if other else above.title
    named_by = tuple(rule for rule in policy.rules if above.id in rule.implements)
    if not demands:
        return Chain(policy, above, title, known=False, named_by=named_by)
    ids = {demand.id for demand in demands}
    links = tuple(link_of(pack, policy, demand) for demand in demands)
    beyond = tuple(r for r in policy.rules if binds(r) and not ids.intersection(r.implements) and r not in named_by)
    return Chain(policy, above, title, known=True, links=links, named_by=named_by, beyond=beyond)


def demands_of(above: Superior, other: Policy | None) -> Iterator[Demand]:
    """The duties and prohibitions of the document."""
    for rule in filter(binds, other.rules if other else ()):
        yield Demand(rule.id, rule.article_label, tuple(quote.text for quote in rule.quotes), rule)
    for duty in above.duties:
        yield Demand(duty.id, duty.article, (duty.quote,))


def binds(rule: Rule) -> bool:
    return rule.modality in {Modality.MUST, Modality.MUST_NOT}


def link_of(pack: Pack, policy: Policy, demand: Demand) -> Link:
    carried = tuple(Carried(rule, tuple(shifts(pack, demand.rule, rule))) for rule in policy.rules if demand.id in rule.implements)  # fmt: skip
    return Link(demand, carried, () if carried else tuple(likely(policy.rules, demand)))


def likely(rules: Iterable[Rule], demand: Demand) -> Iterator[Rule]:
    """Local rules of the same act, and the one whose words are most like the demand's: for a person to confirm."""
    binding = [rule for rule in rules if binds(rule)]
    same = [rule for rule in binding if demand.rule is not None and rule.action == demand.rule.action]
    yield from same
    words = "".join(demand.quotes)
    scored = [
        (SequenceMatcher(None, words, quoted(rule), autojunk=False).ratio(), rule)
        for rule in binding
        if rule not in same
    ]
    best = max(scored, key=lambda pair: pair[0], default=None)
    if best is not None and best[0] >= ALIKE:
        yield best[1]


def quoted(rule: Rule) -> str:
    return "".join(quote.text for quote in rule.quotes)


# --- in what they differ -----------------------------------------------------------------------------


def shifts(pack: Pack, above: Rule | None, local: Rule) -> Iterator[Shift]:
    """Where the local rule asks for less, or for more, than the rule it carries out."""
    if above is None:
        return
    if local.modality is Modality.MAY:
        yield Shift.WEAKER_MODALITY
    if isinstance(above.trigger, Every) and isinstance(local.trigger, Every):
        difference = MONTHS[local.trigger.period] - MONTHS[above.trigger.period]
        if difference:
            yield Shift.RARER if difference > 0 else Shift.OFTENER
    yield from later_or_earlier(resolved(pack, above.timing), resolved(pack, local.timing))


def resolved(pack: Pack, timing: Timing | None) -> Timing | None:
    """What a reading says, or the limit itself."""
    return pack.vocabulary.readings[timing.reading].timing if isinstance(timing, ByReading) else timing


def later_or_earlier(above: Timing | None, local: Timing | None) -> Iterator[Shift]:
    if above is None or above == local:
        return
    if local is None:
        yield Shift.NO_LIMIT
        return
    pair = comparable(above), comparable(local)
    if pair[0] is None or pair[1] is None or pair[0][0] != pair[1][0]:
        yield Shift.UNCOMPARED
    elif pair[0][1] != pair[1][1]:
        yield Shift.LATER if pair[1][1] > pair[0][1] else Shift.EARLIER


def comparable(timing: Timing) -> tuple[str, int] | None:
    """A kind of limit and its size; None for what is not measured alike."""
    match timing:
        case Within(amount, unit) if unit in HOURS:
            return "hours", amount * HOURS[unit]
        case Within(amount, unit):
            return unit, amount
        case Window(due=due):
            return "window", due.month * 31 + due.day
        case OnDay(day):
            return "day", day.toordinal()
        case _:
            return None


def counts(chains: Iterable[Chain]) -> Mapping[str, int]:
    """How many demands are carried out, fall short, are missing; and how many local rules go beyond."""
    found = tuple(chains)
    return {
        "demands": sum(len(chain.links) for chain in found),
        "carried": sum(bool(link.carried) for chain in found for link in chain.links),
        "short": sum(len(chain.short) for chain in found),
        "missing": sum(len(chain.missing) for chain in found),
        "beyond": sum(len(chain.beyond) for chain in found),
    }
