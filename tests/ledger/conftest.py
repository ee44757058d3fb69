"""Names for cases of bytes, and of text that no terminal prints or that fills one."""

from __future__ import annotations


def pytest_make_parametrize_id(val: object) -> str | None:
    if isinstance(val, bytes) or (isinstance(val, str) and not (val.isprintable() and len(val) < 40)):
        return ascii(val)[:40]
    return None
