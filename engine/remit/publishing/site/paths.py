"""Names of files and anchors: portable, unique, the same for the same pack."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256

LONGEST = 60
PLAIN = re.compile(r"[a-z0-9._-]")


def spelled(name: str) -> str:
    """A name in signs that every file system and every address takes.

    >>> spelled("hill-library"), spelled("馆"), spelled("A b")
    ('hill-library', 'u9986', 'a_b')
    """
    signs = (s if PLAIN.fullmatch(s) else "_" if s.isascii() else f"u{ord(s):x}" for s in name.lower())
    plain = "".join(signs).strip(".") or "_"
    if len(plain) <= LONGEST:
        return plain
    return f"{plain[:LONGEST]}-{sha256(name.encode()).hexdigest()[:8]}"


@dataclass
class Names:
    """Spellings given out, each to one thing; who comes second gets a number. Order of asking decides, so ask in order."""

    given: dict[tuple[str, str], str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def of(self, kind: str, name: str) -> str:
        """The spelling of this thing of this kind, such as `unit-hill-library`."""
        key = (kind, name)
        if key not in self.given:
            plain = f"{kind}-{spelled(name)}"
            number, tried = 1, plain
            while tried in self.taken:
                number += 1
                tried = f"{plain}-{number}"
            self.given[key] = tried
            self.taken.add(tried)
        return self.given[key]
