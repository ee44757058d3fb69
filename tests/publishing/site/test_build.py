"""The site as files: whole, linked, escaped, the same for the same pack."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from remit.model.terms import Modality
from remit.publishing.site.results import Result, read_results
from remit.publishing.site.scenarios import read_features, strays

NAMES = ("fuxin", "gdpr", "library")


class Page(HTMLParser):
    """What a page links to, which anchors it has, and what its sentences say."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.anchors: list[str] = []
        self.sentences: dict[str, str] = {}
        self.inline: list[str] = []
        self.headings: list[int] = []
        self.within: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        found = dict(attrs)
        self.links += [found[name] for name in ("href", "src", "action") if name in found]
        self.anchors += [found["id"]] if "id" in found else []
        self.inline += [name for name in found if name.startswith("on") or name == "style"]
        if tag in {"script", "style"} and "src" not in found:
            self.inline.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "s" in found.get("class", "").split():
            self.within.append(found.get("id", ""))
            self.sentences[found.get("id", "")] = ""
            self.tag = tag

    def handle_data(self, data: str) -> None:
        if self.within:
            self.sentences[self.within[-1]] += data

    def handle_endtag(self, tag: str) -> None:
        if self.within and tag == self.tag:
            self.within.pop()


@pytest.fixture(scope="module")
def pages(sites: Any) -> dict[str, dict[str, Page]]:
    return {
        name: {file: Page(content.decode()) for file, content in made.files.items() if file.endswith(".html")}
        for name, made in sites.items()
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_to_a_page_and_an_anchor_of_the_site(sites: Any, pages: Any, name: str) -> None:
    broken = set()
    for file, page in pages[name].items():
        for link in page.links:
            parts = urlsplit(link)
            assert not parts.scheme, link
            assert not parts.netloc, link
            assert not link.startswith("/"), link
            target = normpath(join(dirname(file), unquote(parts.path))) if parts.path else file
            anchors = pages[name][target].anchors if target in pages[name] else []
            if target not in sites[name].files or (parts.fragment and unquote(parts.fragment) not in anchors):
                broken.add((file, link))
    assert broken == set()


@pytest.mark.parametrize("name", NAMES)
def test_no_page_has_an_anchor_twice_or_anything_inline(pages: Any, name: str) -> None:
    for file, page in pages[name].items():
        assert [a for a, n in Counter(page.anchors).items() if n > 1] == [], file
        assert page.inline == [], file


@pytest.mark.parametrize("name", NAMES)
def test_headings_go_down_one_step_at_a_time(pages: Any, name: str) -> None:
    for file, page in pages[name].items():
        assert page.headings[:1] == [1], file
        assert page.headings.count(1) == 1, file
        assert all(lower - upper <= 1 for upper, lower in zip(page.headings, page.headings[1:], strict=False)), file


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_sentence_of_the_source_stands_on_the_page_once(sites: Any, pages: Any, name: str, language: str) -> None:
    """Held against source.txt itself, blanks apart."""
    for policy in sites[name].pack.policies:
        page = next(p for f, p in pages[name].items() if f == f"{language}/policy-{policy.id}.html")
        assert list(page.sentences) == [f"s{s.index}" for s in policy.sentences]
        source = (sites[name].pack.root / "policies" / policy.id / "source.txt").read_text("utf-8")
        assert bare("".join(page.sentences.values())) == bare(source)


def bare(text: str) -> str:
    return re.sub(r"\s", "", text).replace("\ufeff", "")


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_unit_event_and_reading_has_its_place(sites: Any, pages: Any, name: str) -> None:
    pack, anchors = sites[name].pack, {a for p in pages[name].values() for a in p.anchors}
    told = [r for r in pack.rules.values() if r.modality is not Modality.NON_NORMATIVE]
    assert [r.id for r in told if f"rule-{r.id}" not in anchors] == []
    assert [u for u in pack.vocabulary.units if f"zh/unit-{u}.html" not in pages[name]] == []
    assert [e for e in pack.vocabulary.event_types if f"zh/event-{e}.html" not in pages[name]] == []
    assert [r for r in pack.vocabulary.readings if f"reading-{r}" not in anchors] == []


def test_the_same_pack_gives_the_same_bytes(sites: Any) -> None:
    made = sites["library"]
    assert made.again(made.pack.root, languages=("en", "zh")) == made.files


def test_the_law_stays_chinese_in_the_english_site_and_says_so(sites: Any) -> None:
    page = sites["fuxin"].page("en/policy-fuxin-2023-3.html")
    assert '<html lang="en">' in page
    assert '<div class="law" lang="zh">' in page
    assert 'hreflang="zh" href="../zh/policy-fuxin-2023-3.html"' in page
    assert "Implementing Rules of Fuxin City" in page


def test_an_event_says_who_must_do_what_by_when(sites: Any) -> None:
    page = sites["library"].page("en/event-item_overdue.html")
    for said in (
        "send a reminder",
        "within 3 working days of knowing",
        "reading of “promptly”",
        "event.days_late &gt; 14",
        "Article 1",
    ):
        assert said in page, said


def test_a_condition_that_the_event_itself_decides_is_not_asked(sites: Any) -> None:
    """The rule hears of several events and tells them apart by their type; on the page of one the type is known."""
    assert "事件.类型" not in sites["fuxin"].page("zh/event-infant_found.html")


def test_a_unit_has_its_year_its_duties_and_its_part_in_those_of_others(sites: Any) -> None:
    page = sites["library"].page("en/unit-harbour-library.html")
    for said in (
        "count the stock",
        "2026-01-01 – 2026-06-30",
        "lend rare books out",
        "reports to",
        "Head Office",
        "item overdue",
    ):
        assert said in page, said
    assert "report the failure" in sites["library"].page("en/unit-head-office.html")


def test_results_are_shown_on_rules_sentences_and_scenarios(sites: Any) -> None:
    pack = sites["library"].pack
    names = re.findall(
        r"^\s*Scenario(?: Outline)?: (.+)$",
        (pack.root / "features" / "library.feature").read_text("utf-8"),
        re.MULTILINE,
    )
    results = [
        Result(
            file="features/library.feature",
            name=n,
            status="failed" if k == 0 else "passed",
            step="Then …",
            message="3 < 4 & so on",
        )
        for k, n in enumerate(names)
    ]
    files = sites["library"].again(pack.root, results=tuple(results))
    page = files["en/feature-features_library.feature.html"].decode()
    assert "3 &lt; 4 &amp; so on" in page
    assert f"1 of {len(names)} scenarios failed" in page
    assert "✓" in files["en/policy-bylaws-2024.html"].decode()
    assert "not run" not in files["en/scenarios.html"].decode()
    assert "not run" in sites["library"].page("en/scenarios.html")
    features = read_features(pack)
    other = Result(file="features/other.feature", name=names[0], status="failed")
    assert strays(features, [*results, other]) == (other,)


def test_what_a_pack_says_is_never_markup(tmp_path: Path, sites: Any) -> None:
    shutil.copytree(sites["library"].pack.root, tmp_path / "pack")
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
    for file, old, new in (
        ("facts/actions.yaml", "label: send a reminder", f"label: '{evil}'"),
        ("facts/units.yaml", "label: Harbour Library", f"label: '{evil} b'"),
        ("facts/readings.yaml", "reason: the bylaws", f"reason: '{evil}' # "),
        ("features/library.feature", "Feature:", f"Feature: {evil}"),
    ):
        path = tmp_path / "pack" / file
        text = path.read_text("utf-8")
        assert old in text, file
        path.write_text(text.replace(old, new, 1), "utf-8")
    files = sites["library"].again(tmp_path / "pack")
    for name, content in files.items():
        if not name.startswith("static/"):
            assert b"<script>alert" not in content, name
            assert b"<img" not in content, name
            assert b"</script><script>" not in content.replace(b"defer></script><script src", b""), name
    rows = json.loads(files["en/search-index.js"].decode().removeprefix("globalThis.SITE_INDEX=").removesuffix(";\n"))
    assert evil in {title for _, title, *_ in rows}
    assert b"<" not in files["en/search-index.js"]


def test_malformed_results_are_refused_with_what_is_wrong(tmp_path: Path) -> None:
    from remit.errors import SiteError

    for content, told in (
        (b"{", "JSON"),
        (b"[]", "object"),
        (b'{"scenarios": [{"file": 3}]}', "0.file"),
        (b"{}", "results"),
        (b'{"scenarios": 3}', "scenarios"),
        (b"\xff\xfe", ""),
    ):
        path = tmp_path / "results.json"
        path.write_bytes(content)
        with pytest.raises(SiteError, match="RM871") as caught:
            read_results(path)
        assert told in caught.value.found


def test_the_report_of_the_test_command_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    one = {
        "file": "features/a.feature",
        "line": 3,
        "row": None,
        "name": "b",
        "status": "failed",
        "failed_step": {"line": 5, "text": "Then x"},
        "message": "y",
        "details": ["z"],
    }
    path.write_text(json.dumps({"scenarios": 1, "failed": 1, "results": [one]}))
    (result,) = read_results(path)
    assert (result.outcome.value, result.failure) == ("failed", ("Then x", "y\nz"))


def test_a_feature_that_cannot_be_read_is_named_with_its_line(tmp_path: Path, sites: Any) -> None:
    from remit.errors import SiteError

    shutil.copytree(sites["library"].pack.root, tmp_path / "pack")
    (tmp_path / "pack" / "features" / "broken.feature").write_text(
        "Feature: a\n\n  Scenario: b\n    Given c\n    Foo bar\n", "utf-8"
    )
    with pytest.raises(SiteError, match=r"features/broken.feature:5:1: RM873"):
        sites["library"].again(tmp_path / "pack")


def test_two_policies_may_have_rules_of_one_id(sites: Any, tmp_path: Path) -> None:
    """A newer policy takes the older one's place: both are told, each rule on its own policy's page, and no link is lost."""
    shutil.copytree(sites["library"].pack.root, tmp_path / "pack")
    policies = tmp_path / "pack" / "policies"
    shutil.copytree(policies / "bylaws-2024", policies / "bylaws-2025")
    head = (policies / "bylaws-2024" / "policy.yaml").read_text("utf-8")
    (policies / "bylaws-2024" / "policy.yaml").write_text(f"{head}\nrepealed_on: 2025-01-01\n", "utf-8")
    (policies / "bylaws-2025" / "policy.yaml").write_text(re.sub(r"2024", "2025", head), "utf-8")
    files = sites["library"].again(tmp_path / "pack")
    pages = {file: Page(content.decode()) for file, content in files.items() if file.endswith(".html")}
    assert "rule-bylaws-2024-a1.reminder" in pages["en/article-bylaws-2024-1.html"].anchors
    assert "rule-bylaws-2025-a1.reminder" in pages["en/article-bylaws-2025-1.html"].anchors
    for file, page in pages.items():
        for link in page.links:
            path, _, anchor = link.partition("#")
            target = normpath(join(dirname(file), path)) if path else file
            assert target in files, (file, link)
            assert not anchor or anchor in pages[target].anchors, (file, link)
    assert "repealed on 1 January 2025" in files["en/index.html"].decode()
    assert "article-bylaws-2024" not in files["en/event-item_overdue.html"].decode()
