"""Templates → pages. Whatever comes from a pack is escaped; what is not in the page's language says so."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from remit.errors import SiteError
from remit.model.text import Text
from remit.publishing.site.phrases import MONTHS

ROOM = Path(__file__).parent.parent
TEMPLATES, STATIC = ROOM / "templates" / "site", ROOM / "static"
HAN, LATIN = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[A-Za-z]")


class Renderer:
    """The templates, ready to write pages in one language."""

    def __init__(self, language: str, shared: dict[str, Any]) -> None:
        self.language = language
        self.known: dict[str, Any] = {}
        self.templates = environment()
        self.templates.globals.update(shared, say=self.say, t=self.told, own=self.own, day=self.day, language=language)

    def page(self, template: str, **context: Any) -> bytes:
        """One page, in UTF-8."""
        text: str = self.templates.get_template(template).render(context)
        return text.encode()

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def told(self, text: Text) -> Any:
        """A label in the page's language; where it exists in the other one only, marked as such."""
        return self.own(text.of(self.language))

    def own(self, text: str) -> Any:
        """Words that were written in one language only."""
        if text not in self.known:
            from markupsafe import Markup, escape

            written = language_of(text)
            foreign = Markup('<span lang="{}">{}</span>')
            self.known[text] = escape(text) if written in (None, self.language) else foreign.format(written, text)
        return self.known[text]

    def day(self, at: date) -> str:
        return self.say(f"{at.year}年{at.month}月{at.day}日", f"{at.day} {MONTHS[at.month - 1]} {at.year}")


def language_of(text: str) -> str | None:
    """What a text is written in, as far as its signs tell.

    >>> language_of("图书馆 A"), language_of("library"), language_of("2024")
    ('zh', 'en', None)
    """
    return "zh" if HAN.search(text) else "en" if LATIN.search(text) else None


def environment() -> Any:
    """Jinja with everything escaped and every undefined name an error.

    Raises:
        SiteError: RM872, Jinja2 is not installed.
    """
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError:
        raise SiteError(
            "RM872", "library-missing", found="Jinja2", expected='`pip install "remit[workbench]"`'
        ) from None
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        extensions=["jinja2.ext.do"],
        bytecode_cache=kept(),
    )


@cache
def kept() -> Any:
    """Templates compiled once for both languages."""
    from jinja2 import BytecodeCache

    class Kept(BytecodeCache):
        def __init__(self) -> None:
            self.codes: dict[str, bytes] = {}

        def load_bytecode(self, bucket: Any) -> None:
            if bucket.key in self.codes:
                bucket.bytecode_from_string(self.codes[bucket.key])

        def dump_bytecode(self, bucket: Any) -> None:
            self.codes[bucket.key] = bucket.bytecode_to_string()

    return Kept()
