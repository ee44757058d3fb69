"""`OpenPack`: a pack while it is being edited, read anew after each keystroke, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from remit.checks.check import examined
from remit.editor.index import Index
from remit.errors import EditorError, Origin, PackError, RemitError, VocabularyError, nearest
from remit.model.rule import Policy
from remit.pack.case_files import from_bytes, once
from remit.pack.draft import Draft, Words, read_words
from remit.pack.files import Files
from remit.pack.load import CASES, Pack, require_pack
from remit.pack.memory import Recall
from remit.pack.names import HOMES

#: What a rule block that cannot be read makes others say: that a rule is missing which is only being typed.
BETWEEN_RULES = frozenset({("RM204", "unknown-rule"), ("RM215", "nothing-sets-it-off")})
UNREADABLE = frozenset({"RM201", "RM202", "RM203", "RM206", "RM219"})
HALF_TYPED = ("facts/*.yaml", "facts/*/*.yaml", "policies/*/policy.yaml")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong; an error makes the pack unfit to run, a warning is for a reader to weigh."""

    error: RemitError
    is_error: bool = True


class OpenPack:
    """One pack in an editor.

    Attributes:
        root: its directory.
        unsaved: the texts of the open buffers, by their names in the pack.
        problems: of the last reading: what keeps the pack from loading, then what was found by examining it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.unsaved: dict[str, str] = {}
        self.pack: Pack | None = None
        self.policies: tuple[Policy, ...] = ()
        self.loading: list[Problem] = []
        self.examining: list[Problem] = []
        self.reading = Recall()
        self.naming = Recall()
        self.sound: dict[str, str] = {}
        self._index: tuple[Mapping[str, str], Words, Index] | None = None
        self._words: Words | None = None

    @property
    def language(self) -> str:
        """The pack's own language, also while it does not load."""
        return self._words.vocabulary.language if self._words is not None else "zh"

    @property
    def problems(self) -> list[Problem]:
        return [*self.loading, *self.examining]

    def write(self, name: str, text: str | None) -> None:
        """A buffer has this text now; None: it was closed, and the file on disk counts again."""
        self.unsaved = {n: t for n, t in self.unsaved.items() if n != name} | ({name: text} if text is not None else {})

    def files(self) -> Files:
        """The pack as it stands in the editor."""
        return Files(self.root, self.unsaved, self.reading)

    def index(self) -> Index:
        """Every name, as the buffers stand; what the words are is taken from the last reading."""
        if self._words is None:
            self._words = read_words(self.standing()[0])
        if self._index is None or self._index[0] is not self.unsaved or self._index[1] is not self._words:
            self._index = (self.unsaved, self._words, Index(self.files(), self._words, self.naming))
        return self._index[2]

    def forget(self) -> None:
        """Something changed on disk."""
        self._index = None

    # --- reading --------------------------------------------------------------------------------------

    def read(self) -> Iterator[None]:
        """Read it, bit by bit; after the first step what is wrong with `facts/` is known, after the last all that keeps it from loading."""
        files, found = self.standing()
        try:
            require_pack(files)
        except PackError as failure:
            self.settle([*found, *failure.problems], None)
            return
        draft = Draft(files)
        self._words = draft.words
        self.loading = [Problem(p) for p in told_once([*found, *draft.problems.found])]
        yield
        yield from draft.steps()
        self.reading.turn()
        self.policies = draft.policies
        try:
            pack = Pack.of(draft) if not found else None
            self.settle([*found, *draft.problems.found], pack)
        except PackError as failure:
            self.settle([*found, *failure.problems], None)

    def settle(self, found: list[RemitError], pack: Pack | None) -> None:
        typing = any(p.code in UNREADABLE and p.origin.file.endswith(".md") for p in found)
        kept = [p for p in found if not (typing and (p.code, p.slug) in BETWEEN_RULES)]
        self.pack, self.loading = pack, [Problem(p) for p in told_once(kept)]
        if pack is None:
            self.examining = []

    def standing(self) -> tuple[Files, list[RemitError]]:
        """The files to read, and what is wrong with those that are half typed: their last sound text stands in for them.

        Without that, one open bracket in the vocabulary would make every rule wrong.
        """
        files, found, instead = self.files(), list[RemitError](), dict[str, str]()
        for name in files.matching(*HALF_TYPED):
            try:
                files.document(name)
                self.sound[name] = files.text(name)
            except RemitError as problem:
                if name in self.sound:
                    found += problem.problems if isinstance(problem, PackError) else (problem,)
                    instead[name] = self.sound[name]
        return Files(self.root, {**self.unsaved, **instead}, self.reading), found

    # --- examining ------------------------------------------------------------------------------------

    def examine(self) -> Iterator[None]:
        """What can be shown to be wrong with a pack that loads, with its cases and its scenarios; bit by bit."""
        found: list[Problem] = []
        if self.pack is not None:
            for finding in examined(self.pack):
                found += [Problem(*finding)] if finding is not None else []
                yield
            for problem in self.cases(self.pack):
                found += [Problem(problem)] if problem is not None else []
                yield
        for each in self.scenarios():
            found += [each] if each is not None else []
            yield
        self.examining = found

    def cases(self, pack: Pack) -> Iterator[RemitError | None]:
        """What is wrong with the example cases."""
        files = self.files()
        for name in files.matching(*CASES):
            text = files.outcome(name)
            if isinstance(text, str):
                key = ("case", name, text, self._words)
                yield self.reading.once(key, lambda text=text, name=name: refusal(pack, text, name))  # type: ignore[misc]  # mypy sees no type in a lambda's default
            else:
                yield text

    def scenarios(self) -> Iterator[Problem | None]:
        """Steps no wording fits, and names nothing has."""
        for _ in Index.prepared(self.files(), self._words or read_words(self.files()), self.naming):
            yield None
        index = self.index()
        for file, reading in index.read.items():
            if not file.endswith(".feature"):
                continue
            for span, text in reading.strange:
                origin = Origin(file, span.start[0] + 1, span.start[1] + 1)
                strange = EditorError("RM811", "unknown-step", found=text, expected="one of the steps of docs/steps.md", origin=origin)  # fmt: skip
                yield Problem(strange, is_error=False)
            for occurrence in index.of_file(file):
                kinds = occurrence.mention.kinds
                if occurrence.name is None and kinds != ("value",):
                    yield Problem(unknown(index, kinds[0], occurrence.mention.written, occurrence.span.start, file))
            yield None
        for file in index.read:  # made ready for whoever asks next; what nobody asks for any more is forgotten
            index.held(file)
            yield None
        self.naming.turn()


def told_once(problems: list[RemitError]) -> list[RemitError]:
    """Each problem once, in order of place."""
    found = {(p.code, p.origin, p.found): p for p in problems}
    return sorted(found.values(), key=lambda p: (p.origin, p.code, str(p)))


def unknown(index: Index, kind: str, written: str, at: tuple[int, int], file: str) -> VocabularyError:
    """RM204, as the loader would say it of a rule."""
    names = index.words.names
    known = index.rules if kind == "rule" else names.spelled.get(kind, {})
    article = "an" if kind[0] in "aeiou" else "a"
    return VocabularyError(
        "RM204",
        f"unknown-{kind}",
        found=written,
        expected="the id of a rule" if kind == "rule" else f"{article} {kind} of {HOMES[kind]}",
        origin=Origin(file, at[0] + 1, at[1] + 1),
        suggestion=nearest(written, known),
    )


def refusal(pack: Pack, text: str, name: str) -> RemitError | None:
    try:
        once(from_bytes(pack.reader, text.encode("utf-8"), name))
    except RemitError as refused:
        origin = refused.origin
        if not origin.file:
            refused.origin = Origin(name, 1, 1, origin.event, origin.case)
        return refused
    return None
