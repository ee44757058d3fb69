"""The pack's scenarios: what each says, which rules it names, and how it last went."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from remit.errors import Origin, SiteError
from remit.model.terms import Modality
from remit.pack.load import Pack
from remit.publishing.site.results import Outcome, Result

OPENING, CLOSING = '“"「『', '”"」』'
#: Quotation marks in one step beyond which only neighbouring ones are paired.
MANY = 12
PLACEHOLDER = re.compile(r"<([^<>]+)>")


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a scenario, with the table beneath it."""

    keyword: str
    text: str
    table: tuple[tuple[str, ...], ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario of a feature, its outline's examples with it.

    `rules` are the ids it names, or whose action it names; `outcome` is the worst of its runs.
    """

    file: str
    line: int
    name: str
    steps: tuple[Step, ...]
    tags: tuple[str, ...] = ()
    examples: tuple[tuple[tuple[str, ...], ...], ...] = ()
    rules: tuple[str, ...] = ()
    outcome: Outcome = Outcome.NOT_RUN
    failures: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Feature:
    """One file of scenarios."""

    file: str
    title: str
    about: str
    background: tuple[Step, ...]
    scenarios: tuple[Scenario, ...]


def read_features(pack: Pack, results: Iterable[Result] | None = None) -> tuple[Feature, ...]:
    """Every feature of the pack, in order of its files, with its results where there are any.

    Raises:
        SiteError: RM873, a feature file cannot be read.
    """
    named = spoken_for(pack)
    features = tuple(
        read_feature(pack.root, path, named) for path in sorted((pack.root / "features").rglob("*.feature"))
    )
    return told(features, tuple(results or ()), frozenset(pack.rules))


def read_feature(root: Path, path: Path, named: Mapping[str, tuple[str, ...]]) -> Feature:
    from gherkin.errors import CompositeParserException, ParserException
    from gherkin.parser import Parser

    file = path.relative_to(root).as_posix()
    try:
        read: Any = Parser().parse(path.read_text("utf-8"))
    except UnicodeDecodeError:
        raise unread(file, 1, "bytes that are not UTF-8") from None
    except (CompositeParserException, ParserException) as wrong:
        first = wrong.errors[0] if isinstance(wrong, CompositeParserException) else wrong
        found = re.sub(r"^\(\d+:\d+\):\s*", "", str(first))
        raise unread(file, first.location.get("line", 1), found) from None
    feature = read.get("feature") or {}
    children = list(flattened(feature.get("children", ())))
    backgrounds = tuple(step for child in children if "background" in child for step in steps(child["background"]))
    return Feature(
        file,
        feature.get("name", ""),
        feature.get("description", "").strip(),
        backgrounds,
        tuple(scenario(child["scenario"], file, named) for child in children if "scenario" in child),
    )


def unread(file: str, line: int, found: str) -> SiteError:
    return SiteError(
        "RM873", "not-a-feature", found=found, expected="scenarios in Gherkin", origin=Origin(file, line, 1)
    )


def flattened(children: Iterable[Any]) -> Iterator[Any]:
    """Scenarios and backgrounds, those inside a `Rule` too."""
    for child in children:
        yield from flattened(child["rule"]["children"]) if "rule" in child else (child,)


def scenario(node: Any, file: str, named: Mapping[str, tuple[str, ...]]) -> Scenario:
    examples = tuple(
        (cells(block["tableHeader"]), *map(cells, block["tableBody"]))
        for block in node["examples"]
        if "tableHeader" in block
    )
    found = Scenario(
        file, node["location"]["line"], node["name"], steps(node), tuple(tag["name"] for tag in node["tags"]), examples
    )
    spoken = dict.fromkeys(word for text in texts(found) for word in quoted(text))
    return replace(found, rules=tuple(dict.fromkeys(rule for word in spoken for rule in named.get(word, ()))))


def steps(node: Any) -> tuple[Step, ...]:
    return tuple(
        Step(
            step["keyword"].strip(),
            step["text"],
            tuple(map(cells, step.get("dataTable", {}).get("rows", ()))),
            step.get("docString", {}).get("content", ""),
        )
        for step in node["steps"]
    )


def cells(row: Any) -> tuple[str, ...]:
    return tuple(cell["value"] for cell in row["cells"])


# --- which rules it names --------------------------------------------------------------------------


def spoken_for(pack: Pack) -> dict[str, tuple[str, ...]]:
    """Words by which a step names rules: a rule's id, and every name of the action it is about."""
    found: dict[str, dict[str, None]] = {}
    for rule in pack.rules.values():
        action = pack.vocabulary.actions.get(rule.action or "")
        words = [rule.id, *((action.id, action.label.zh, action.label.en, *action.aliases) if action else ())]
        if rule.modality is not Modality.NON_NORMATIVE:
            for word in words:
                found.setdefault(word, {})[rule.id] = None
    return {word: tuple(rules) for word, rules in found.items()}


def texts(found: Scenario) -> Iterator[str]:
    """All that is said in a scenario; in an outline, with each row of its examples."""
    for step in found.steps:
        yield step.text
        for row in step.table:
            yield from (f"“{cell}”" for cell in row)
        for header, *rows in found.examples:
            for row in rows if PLACEHOLDER.search(step.text) else ():
                values = dict(zip(header, row, strict=False))
                yield filled(step.text, values)


def filled(text: str, values: Mapping[str, str]) -> str:
    """An outline's step with the values of one example."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def quoted(text: str) -> Iterator[str]:
    """Whatever stands between quotation marks, also where marks stand inside marks.

    >>> list(quoted('rule "a1" raises nothing, because "b"'))[:1]
    ['a1']
    """
    opens = [at + 1 for at, sign in enumerate(text) if sign in OPENING]
    closes = [at for at, sign in enumerate(text) if sign in CLOSING]
    reach = len(closes) if len(closes) <= MANY else 2
    for start in opens:
        yield from (text[start:end] for end in [c for c in closes if c >= start][:reach])


# --- how it went -----------------------------------------------------------------------------------


def told(features: tuple[Feature, ...], results: tuple[Result, ...], known: frozenset[str]) -> tuple[Feature, ...]:
    """Each scenario with its results."""
    runs: dict[tuple[str, int], list[Result]] = {}
    for result in results:
        for found in meant(features, result):
            runs.setdefault((found.file, found.line), []).append(result)
    return tuple(
        replace(f, scenarios=tuple(judged(one, runs.get((one.file, one.line), []), known) for one in f.scenarios))
        for f in features
    )


def strays(features: tuple[Feature, ...], results: Iterable[Result]) -> tuple[Result, ...]:
    """The results of scenarios that these features have not got: of another version of the pack, perhaps."""
    return tuple(result for result in results if not meant(features, result))


def meant(features: tuple[Feature, ...], result: Result) -> tuple[Scenario, ...]:
    """The scenario a result is of: the one of its name in its file, by its line where several bear the name."""
    file = result.file.replace("\\", "/").removeprefix("./")
    named = [
        one
        for feature in features
        if feature.file == file or file.endswith(f"/{feature.file}")
        for one in feature.scenarios
        if one.name == result.name
    ]
    return tuple(one for one in named if len(named) == 1 or one.line == result.line)


def judged(found: Scenario, results: list[Result], known: frozenset[str]) -> Scenario:
    outcomes = {result.outcome for result in results} or {Outcome.NOT_RUN}
    worst = next(o for o in (Outcome.FAILED, Outcome.NOT_RUN, Outcome.PASSED) if o in outcomes)
    more = [rule for result in results for rule in result.rules if rule in known]
    failures = tuple(r.failure for r in results if r.outcome is Outcome.FAILED)
    return replace(found, outcome=worst, failures=failures, rules=tuple(dict.fromkeys([*found.rules, *more])))
