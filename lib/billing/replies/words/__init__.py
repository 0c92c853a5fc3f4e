"""The wording of replies, a table a language.

``{plan}`` is the customer's plan as the middle of a sentence says it, ``{Plan}`` as its beginning;
``{default}`` is the name of the plan that is left without a subscription; ``{day}`` and
``{amount}`` are spelled for the language. ``invoices`` is by CLDR plural category. A reason never
says more than a thief may know.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from . import de, en, es, fr, ja, pt

Words = Mapping[str, str]

WORDS: Final[Mapping[str, Words]] = {
    "en": en.WORDS,
    "de": de.WORDS,
    "fr": fr.WORDS,
    "es": es.WORDS,
    "pt": pt.WORDS,
    "ja": ja.WORDS,
}
"""Language -> its sentences."""

INVOICES: Final[Mapping[str, Words]] = {
    "en": en.INVOICES,
    "de": de.INVOICES,
    "fr": fr.INVOICES,
    "es": es.INVOICES,
    "pt": pt.INVOICES,
    "ja": ja.INVOICES,
}
"""Language -> plural category -> what is open."""

LANGUAGES: Final[Mapping[str, str]] = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "pt": "Português",
    "ja": "日本語",
}
"""Language -> what it calls itself."""
