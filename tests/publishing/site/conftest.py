"""Sites of three packs, made once, and one browser for whoever needs to look."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from remit import Pack
from remit.publishing.site.build import build
from remit.publishing.site.results import Result
from remit.publishing.site.scenarios import read_features
from remit.publishing.site.write import write

ROOT = Path(__file__).parents[3]
PACKS = {
    "fuxin": ROOT,
    "gdpr": ROOT / "examples" / "gdpr-breach",
    "library": ROOT / "tests" / "packs" / "good" / "library",
}
DAY = date(2026, 11, 26)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Made:
    """A pack, its site in memory, and where it lies."""

    pack: Pack
    files: dict[str, bytes]
    root: Path
    day: date = DAY

    def again(
        self, root: Path, *, results: tuple[Result, ...] = (), languages: tuple[str, ...] = ("en",)
    ) -> dict[str, bytes]:
        """The site of another pack, or of the same with results."""
        pack = Pack.load(root)
        return dict(build(pack, day=self.day, languages=languages, features=read_features(pack, results)))

    def page(self, name: str) -> str:
        return self.files[name].decode()


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    made = {}
    for name, root in PACKS.items():
        pack = Pack.load(root)
        files = dict(
            build(
                pack,
                day=DAY,
                languages=("en", "zh") if pack.language == "en" else ("zh", "en"),
                features=read_features(pack),
            )
        )
        out = tmp_path_factory.mktemp(name)
        write(files.items(), out, force=False)
        made[name] = Made(pack, files, out)
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium; skipped, and said so, only where there is none: `make browser` installs it."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium here: `make browser` installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()
