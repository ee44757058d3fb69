"""The optional libraries, asked for when they are needed, and missed in words that help."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from remit.errors import ExportError


def library(module: str, package: str) -> Any:
    """The module.

    Raises:
        ExportError: RM864, it is not installed.
    """
    try:
        return import_module(module)
    except ImportError:
        raise ExportError(
            "RM864", "library-missing", found=package, expected="a library that is installed", hint='pip install "remit[workbench]"'
        ) from None  # fmt: skip
