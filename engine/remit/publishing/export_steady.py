"""The same document gives the same bytes: office files are zip archives, and these are repacked without the clock."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

#: The earliest moment a zip archive can name.
EPOCH = (1980, 1, 1, 0, 0, 0)
STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


def steady(packed: bytes, at: datetime) -> bytes:
    """The archive with every member dated alike and the document's own dates at `at`."""
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = STAMP.sub(lambda m: m[1] + stamp + m[3], content)
            new.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
