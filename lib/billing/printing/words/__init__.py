"""What documents say beside their values, a table a language: frame and templates.

``{time}`` is spelled for the language, ``{staff}`` is an address, ``{count}`` a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from . import customer, frame, month

Words = Mapping[str, str]

LANGUAGES: Final = ("en", "de")
TABLES: Final[Mapping[str, Mapping[str, Words]]] = {
    "customer.html": customer.WORDS,
    "month.html": month.WORDS,
}
"""Template -> language -> its words."""


def words_of(template: str, language: str) -> Words:
    """The words of the frame and of ``template``, which may have none of its own."""
    return {**frame.WORDS[language], **TABLES.get(template, {}).get(language, {})}
