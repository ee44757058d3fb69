"""The outline of a file: chapters and their rules, what a vocabulary file declares, features and their scenarios."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from remit.editor.index import Index
from remit.editor.mentions import Part
from remit.editor.scenarios import lines_of
from remit.editor.spans import Span
from remit.model.rule import Rule

HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*$")


@dataclass(slots=True)
class Entry:
    """One line of an outline, and what stands beneath it."""

    name: str
    kind: str
    detail: str
    span: Span
    children: list[Entry] = field(default_factory=list)
    until: int = 0


def outline(index: Index, file: str, lines: Sequence[str], rules: Mapping[str, Rule], language: str) -> list[Entry]:
    """The outline of a file, each entry reaching to where the next begins."""
    if file.endswith(".feature"):
        return closed(of_feature(lines), len(lines))
    declared = [
        Entry(
            o.mention.written,
            o.mention.kinds[0],
            detail(o.mention.written, o.mention.kinds[0], index, rules, language),
            o.span,
        )
        for o in index.of_file(file)
        if o.mention.part is Part.DECLARES and o.mention.kinds[0] != "choice"
    ]
    return closed(under_headings(declared, lines) if file.endswith(".md") else declared, len(lines))


def detail(name: str, kind: str, index: Index, rules: Mapping[str, Rule], language: str) -> str:
    """The label of what is declared; of a rule, what it is about."""
    vocabulary = index.words.vocabulary
    if kind == "rule":
        rule = rules.get(name)
        if rule is None:
            return ""
        action = vocabulary.actions.get(rule.action or "")
        label = rule.label or (action.label if action else None)
        return label.of(language) if label else rule.quotes[0].text
    if kind == "level":
        return vocabulary.level_labels[name].of(language) if name in vocabulary.level_labels else ""
    labels = index.words.names.labels.get(kind, {})
    return labels[name].of(language) if name in labels else ""


def under_headings(rules: Sequence[Entry], lines: Sequence[str]) -> list[Entry]:
    """Rules beneath the Markdown headings they stand under."""
    top: list[Entry] = []
    open_headings: list[tuple[int, Entry]] = []
    waiting = list(rules)
    inside = False
    for number, line in enumerate(lines):
        while waiting and waiting[0].span.start[0] <= number:
            (open_headings[-1][1].children if open_headings else top).append(waiting.pop(0))
        if line.lstrip().startswith(("```", "~~~")):
            inside = not inside
        found = None if inside else HEADING.match(line)
        if found is None:
            continue
        depth = len(found[1])
        while open_headings and open_headings[-1][0] >= depth:
            open_headings.pop()
        entry = Entry(found[2], "heading", "", Span((number, 0), (number, len(line))))
        (open_headings[-1][1].children if open_headings else top).append(entry)
        open_headings.append((depth, entry))
    return [*top, *waiting]


def of_feature(lines: Sequence[str]) -> list[Entry]:
    top: list[Entry] = []
    for line in lines_of(lines):
        if line.kind not in ("feature", "scenario"):
            continue
        span = Span((line.number, line.column), (line.number, line.column + len(line.text)))
        entry = Entry(line.text or lines[line.number].strip(), line.kind, "", span)
        if line.kind == "scenario" and top and top[-1].kind == "feature":
            top[-1].children.append(entry)
        else:
            top.append(entry)
    return top


def closed(entries: list[Entry], end: int) -> list[Entry]:
    """Say of each entry on which line it ends."""
    ends = [*(entry.span.start[0] for entry in entries[1:]), end]
    for entry, following in zip(entries, ends, strict=False):
        entry.until = max(following - 1, entry.span.end[0])
        closed(entry.children, entry.until + 1)
    return entries
