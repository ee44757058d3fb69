"""The packs these tests look at, each read once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from made import LIBRARY
from remit import Pack
from remit.specification.features import Specification, read_specification
from remit.specification.run import Outcome, run

ROOT = Path(__file__).parents[1]
GDPR = ROOT / "examples" / "gdpr-breach"
PACKS = {"library": LIBRARY, "gdpr": GDPR, "fuxin": ROOT}


@lru_cache(maxsize=3)
def loaded(name: str) -> tuple[Pack, Specification, Outcome]:
    pack = Pack.load(PACKS[name])
    specification = read_specification(pack.root)
    return pack, specification, run(pack, specification)
