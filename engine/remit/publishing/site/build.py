"""A pack → all files of its site. The same pack, day and results give the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from remit.pack.load import Pack
from remit.publishing.site.duties import Duties
from remit.publishing.site.pages import Site
from remit.publishing.site.render import STATIC, Renderer
from remit.publishing.site.scenarios import Feature
from remit.publishing.site.search import index
from remit.publishing.site.views import Library

ASSETS = ("site.css", "site.js", "icon.svg")


def build(
    pack: Pack, *, day: date, languages: Sequence[str], features: tuple[Feature, ...]
) -> Iterator[tuple[str, bytes]]:
    """Every file, by its path within the site, one after the other; what can be refused is refused at once.

    Args:
        pack: what is told.
        day: the units, edges and rules of that day, and the year it lies in.
        languages: `zh`, `en`, or both; the first is where the site opens.
        features: its scenarios, with their results where there are any.

    Raises:
        SiteError: RM872, Jinja2 is not installed.
    """
    door = Renderer(languages[0], {}).page("door.html.j2", pack=pack, languages=languages)
    library = Library.of(Duties.of(pack, day), features)
    return files(library, languages, door)


def files(library: Library, languages: Sequence[str], door: bytes) -> Iterator[tuple[str, bytes]]:
    for name in ASSETS:
        yield f"static/{name}", (STATIC / name).read_bytes()
    for language in languages:
        site = Site(library, language, languages)
        for name, content in site.pages():
            yield f"{language}/{name}", content
        yield f"{language}/search-index.js", index(site)
    yield "index.html", door
