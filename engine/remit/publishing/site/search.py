"""The search index: every page and anchor a reader may look for, with the words by which it is found."""

from __future__ import annotations

import json
from collections.abc import Iterator

from remit.publishing.site.pages import Site

Entry = tuple[str, str, str, str, str]


def index(site: Site) -> bytes:
    """A script that only holds data: pages opened from a disk may not fetch."""
    rows = json.dumps(list(entries(site)), ensure_ascii=False, separators=(",", ":"))
    safe = rows.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"globalThis.SITE_INDEX={safe};\n".encode()


def entries(site: Site) -> Iterator[Entry]:
    """(kind, title, what stands beneath it, address, further words), what is looked for most first."""
    say, of, library, words = site.phrases.say, site.phrases.of, site.library, site.pack.vocabulary
    for kind in words.event_types.values():
        about = of(kind.about) if kind.about else ""
        yield say("事件", "Event"), of(kind.label), about, library.event_page(kind.id), joined(kind.id, *kind.aliases)
    for view in site.views.values():
        quotes = " … ".join(quote.text for quote in view.rule.quotes)
        beneath = f"{view.under} · {view.bearer or view.modality}"
        yield say("规则", "Rule"), view.title, beneath, view.href, joined(view.rule.id, view.heading, quotes)
    for name, unit in site.duties.units.items():
        roles = say("、", ", ").join(of(words.roles[role].label) for role in unit.roles)
        yield say("单位", "Unit"), of(unit.label), roles, library.unit_page(name) or "", joined(name, *unit.aliases)
    for policy in site.pack.policies:
        for sentence in policy.sentences:
            page = f"{library.policy_page(policy.id)}#s{sentence.index}"
            yield say("原文", "Text"), sentence.text, sentence.label, page, ""
    for reading in words.readings.values():
        anchor = library.names.of("reading", reading.id)
        yield (
            say("解释", "Reading"),
            of(reading.label),
            of(reading.means),
            f"readings.html#{anchor}",
            joined(reading.id, *reading.aliases),
        )
    for kind_of, page, things in (
        (say("角色", "Role"), "role", words.roles), (say("行动", "Action"), "action", words.actions), (say("事实", "Fact"), "attribute", words.attributes),
    ):  # fmt: skip
        for thing in things.values():
            yield (
                kind_of,
                of(thing.label),
                "",
                f"glossary.html#{library.names.of(page, thing.id)}",
                joined(thing.id, *thing.aliases),
            )
    for feature in library.features:
        for one in feature.scenarios:
            yield say("场景", "Scenario"), one.name, feature.title, library.scenario_page(one), ""


def joined(*words: str) -> str:
    return " ".join(words)
