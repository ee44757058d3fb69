"""`remit lsp` where it cannot run."""

from __future__ import annotations

import subprocess
import sys

import pytest

WITHOUT = "import sys; sys.modules['pygls'] = None; sys.argv = ['remit', 'lsp', *{options!r}]; from remit.cli import main; main()"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--lang", "zh"], "RM810 缺少语言服务所需的库：实为“pygls”，应为 语言服务所用的库"),
        (["--lang", "en", "--stdio"], "RM810 library-missing: found `pygls`, expected the language server's library"),
    ],
)
def test_without_its_library_it_says_how_to_get_it(options: list[str], told: str) -> None:
    command = [sys.executable, "-c", WITHOUT.format(options=options)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, stdin=subprocess.DEVNULL)
    assert told in done.stderr
    assert 'pip install "remit[workbench]"' in done.stderr
    assert "Traceback" not in done.stderr
    assert (done.returncode, done.stdout) == (3, "")
