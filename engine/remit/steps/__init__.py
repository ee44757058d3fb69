"""A pytest plugin: a pack's `.feature` files run as tests, with steps in Chinese and English and no Python.

Each file under a pack's `features/` is collected by itself; its pack is the nearest directory above it that has
`policies/` and `facts/`. The steps are described in docs/steps.md. Without pytest-bdd the plugin does nothing.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

#: A tag before a feature, a scenario or its examples; pytest-bdd makes each a marker.
TAGS = re.compile(r"^\s*(@\S+(?:\s+@\S+)*)\s*$", re.MULTILINE)


def pytest_configure(config: pytest.Config) -> None:
    """Make the steps known, where pytest-bdd is at work."""
    if find_spec("pytest_bdd") is None or not config.pluginmanager.hasplugin("pytest-bdd"):
        return
    from remit.steps import definitions

    if not config.pluginmanager.is_registered(definitions):
        config.pluginmanager.register(definitions, "remit-steps")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A feature of a pack is a test module."""
    if file_path.suffix != ".feature" or pack_above(file_path) is None:
        return None
    if not parent.config.pluginmanager.hasplugin("remit-steps"):
        return None
    return FeatureFile.from_parent(parent, path=file_path)


class FeatureFile(pytest.Module):
    """The scenarios of one feature file, as pytest-bdd makes them."""

    def _getobj(self) -> ModuleType:
        for tag in sorted(tags_of(self.path.read_text("utf-8", errors="replace"))):
            self.config.addinivalue_line("markers", f"{tag}: a tag of a scenario")
        module = ModuleType(self.path.stem)
        module.__file__ = str(self.path)
        source = "from pytest_bdd import scenarios\nscenarios(__file__)\n"
        exec(compile(source, str(self.path), "exec"), module.__dict__)  # noqa: S102 - two fixed lines; pytest-bdd reads its caller's names
        return module


def pack_above(path: Path) -> Path | None:
    """The pack a file belongs to."""
    from remit.shipped import is_pack

    return next((folder for folder in path.resolve().parents if is_pack(folder)), None)


def tags_of(text: str) -> set[str]:
    """The tags of a feature file.

    >>> sorted(tags_of("@whole\\nFeature: f\\n  @one @two\\n  Scenario: s"))
    ['one', 'two', 'whole']
    """
    return {tag.removeprefix("@") for line in TAGS.findall(text) for tag in line.split()}
