"""What the pricing page says, a table a language.

``{plan}`` is a plan's name, ``{n}`` a number above one, ``{amount}`` money as the language spells
it. ``NAME_title`` is the heading of a page that only says ``NAME``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from . import de, en, es, fr, ja, pt

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": en.WORDS,
    "de": de.WORDS,
    "es": es.WORDS,
    "fr": fr.WORDS,
    "ja": ja.WORDS,
    "pt": pt.WORDS,
}
"""Language -> its words."""
