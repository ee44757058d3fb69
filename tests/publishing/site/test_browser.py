"""The pages in a browser: accessible, readable on a phone, searchable, and silent towards the network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

DESKTOP, PHONE = 1280, 390
GENERAL = ("index", "rules", "events", "year", "readings", "glossary", "calendars", "scenarios", "search", "units")
#: One page of each further kind.
PAGES = {
    "library": (*GENERAL, "policy-bylaws-2024", "article-bylaws-2024-1", "event-item_overdue", "event-performed", "unit-harbour-library", "feature-features_library.feature"),
    "gdpr": ("policy-gdpr-2016-679", "article-gdpr-2016-679-33"),
    "fuxin": ("policy-fuxin-2023-3", "article-fuxin-2023-3-24", "event-child_missing", "place-xihe", "unit-xihe.anti_trafficking_office"),
}  # fmt: skip


@contextmanager
def opened(browser: Any, *, width: int = DESKTOP, scheme: str = "light", **more: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **more)
    yield context.new_page()
    context.close()


def faults(page: Any) -> Iterator[str]:
    """What axe finds, on a desk and on a phone, by day and by night; and whether the page scrolls sideways."""
    page.evaluate(Axe().axe_script)
    for width in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for fault in page.evaluate("axe.run({resultTypes: ['violations']}).then(found => found.violations)"):
                node = fault["nodes"][0]
                yield f"{width} {scheme}: {fault['id']}: {node['html'][:120]} {node.get('failureSummary', '')}"
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            yield f"{width}: scrolls sideways"


@pytest.mark.parametrize(("name", "language"), [("library", "en"), ("gdpr", "zh"), ("fuxin", "en")])
def test_every_kind_of_page_is_accessible(sites: Any, browser: Any, name: str, language: str) -> None:
    with opened(browser) as page:
        found = []
        for kind in PAGES[name]:
            page.goto((sites[name].root / language / f"{kind}.html").as_uri())
            found += [f"{kind}: {fault}" for fault in faults(page)]
    assert found == [], "\n".join(found)


def test_a_fault_would_be_found(browser: Any) -> None:
    with opened(browser) as page:
        page.set_content("<html><body><img src=x><div style='width: 2000px'>wide</div></body></html>")
        found = " ".join(faults(page))
    assert "390 dark: image-alt" in found
    assert "390: scrolls sideways" in found


def test_two_chinese_signs_find_a_rule_and_the_keyboard_leads_to_it(sites: Any, browser: Any) -> None:
    with opened(browser) as page:
        page.goto((sites["fuxin"].root / "zh" / "index.html").as_uri())
        page.keyboard.press("/")
        page.keyboard.type("线索")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search.html?q=*")
        titles = page.locator("#found a").all_inner_texts()
        assert any("线索" in title for title in titles[:3])
        assert "找到" in page.locator("#told").inner_text()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "search.html" not in url)


def test_what_is_not_there_is_said_not_to_be_found(sites: Any, browser: Any) -> None:
    with opened(browser) as page:
        page.goto((sites["library"].root / "en" / "search.html").as_uri())
        page.fill("#find", "zebra crossing")
        assert page.locator("#told").inner_text() == "nothing found"
        page.fill("#find", "REMINDER")
        assert page.locator("#found a").first.inner_text() in {"send a reminder", "reminder sent"}


def test_without_a_script_every_page_is_whole_and_nothing_is_fetched_from_outside(sites: Any, browser: Any) -> None:
    with opened(browser, java_script_enabled=False) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto((sites["library"].root / "index.html").as_uri())
        page.wait_for_url("**/en/index.html")
        page.locator(".card h2 a").click()
        assert "Rare books shall not be lent out." in page.locator(".law").inner_text()
        page.goto((sites["library"].root / "en" / "search.html").as_uri())
        assert page.locator("noscript a").count() >= 3
        assert {url.split(":", 1)[0] for url in asked} == {"file"}


def test_the_policy_of_the_pages_is_kept(sites: Any, browser: Any) -> None:
    """Nothing on them is refused by their own Content-Security-Policy."""
    with opened(browser) as page:
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        for kind in ("search", "units", "unit-hill-library", "year"):
            page.goto((sites["library"].root / "en" / f"{kind}.html").as_uri())
        assert said == []


def test_relations_are_drawn_when_asked_for_and_listed_where_it_is_narrow(sites: Any, browser: Any) -> None:
    where = (sites["library"].root / "en" / "units.html").as_uri()
    with opened(browser) as page:
        page.goto(where)
        curve = page.locator(".canvas .curve.reports_to").first
        assert not curve.is_visible()
        page.get_by_label("reports to").check()
        assert page.evaluate("getComputedStyle(document.querySelector('.canvas .curve.reports_to')).display") != "none"
    with opened(browser, width=PHONE) as page:
        page.goto(where)
        assert not page.locator(".canvas").is_visible()
        assert page.locator(".aslist").get_by_role("link", name="Hill Library").is_visible()


def test_the_law_prints(sites: Any, browser: Any) -> None:
    """As PDF the document has pages, and what only a screen needs is left out."""
    with opened(browser) as page:
        page.goto((sites["library"].root / "en" / "policy-bylaws-2024.html").as_uri())
        page.emulate_media(media="print")
        assert not page.locator(".top").is_visible()
        assert page.pdf().startswith(b"%PDF")
