"""A pack → all files of its site. The same pack, day and results give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from remit.pack.load import Pack
from remit.publishing.site.duties import Duties
from remit.publishing.site.pages import Site
from remit.publishing.site.render import STATIC, Renderer
from remit.publishing.site.results import Result
from remit.publishing.site.scenarios import read_features
from remit.publishing.site.search import index
from remit.publishing.site.views import Library

ASSETS = ("site.css", "site.js", "icon.svg")


def build(
    pack: Pack, *, day: date, languages: Sequence[str], results: Iterable[Result] | None = None
) -> Iterator[tuple[str, bytes]]:
    """Every file, by its path within the site, one after the other; what can be refused is refused at once.

    Args:
        pack: what is told.
        day: the units, edges and rules of that day, and the year it lies in.
        languages: `zh`, `en`, or both; the first is where the site opens.
        results: of the scenarios' latest run; None where there was none.

    Raises:
        SiteError: RM872 without Jinja2; RM873 where a feature file cannot be read.
    """
    door = Renderer(languages[0], {}).page("door.html.j2", pack=pack, languages=languages)
    library = Library.of(Duties.of(pack, day), read_features(pack, results))
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
