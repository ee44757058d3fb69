"""`Text`: one statement in Chinese and in English."""

from __future__ import annotations

from remit.model.records import record


@record
class Text:
    """The same words in both languages; where only one was given, both hold it.

    >>> Text("图书馆", "library").of("en")
    'library'
    """

    zh: str
    en: str

    def of(self, language: str) -> str:
        """The wording in `language`: `zh` or anything else for English."""
        return self.zh if language == "zh" else self.en

    def as_json(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}


def many(number: int, one: str, several: str = "") -> str:
    """So many of something, in English.

    >>> many(1, "case"), many(2, "case"), many(0, "entry", "entries")
    ('1 case', '2 cases', '0 entries')
    """
    return f"{number} {one if number == 1 else several or f'{one}s'}"
