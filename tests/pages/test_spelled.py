"""No page in German spells a number as English does: words, charts, and what stands in tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import navigation
from tests.pages.conftest import Open
from tests.pages.drawn import figures, tables
from tests.pages.fake_billing import FakeBilling
from tests.pages.said import spoken

_ENGLISH = re.compile(
    r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,]|\s*(?:KWD|kwd|BHD|bhd))"  # 1,204
    r"|(?<![\w.,:-])\d+\.\d{1,2}(?![\d.])"  # 2.6, and neither 1.204 nor 26.11.
    r"|\d%"
    r"|[$€£]\d"
)
_NO_PROSE = re.compile(r"`[^`]*`|https?:\S+|\S+@\S+|%\{[^}]*\}")


def english(text: str) -> list[str]:
    """The numbers of ``text`` that no German would write so."""
    return _ENGLISH.findall(_NO_PROSE.sub(" ", text.replace("\\", "")))


def written(app: AppTest) -> Iterator[str]:
    """What a reader sees of the page, with the words over tables' and charts' numbers."""
    yield from (text for kind, text in spoken(app) if kind != "html")
    for table in tables(app):
        yield from (word for name in table.words for word in table.words[name])
        yield from (column["label"] for column in table.columns.values())
    for figure in figures(app):
        for trace in figure.get("data", ()):
            texts = trace.get("text") or ()
            yield from ([texts] if isinstance(texts, str) else map(str, texts))


@pytest.mark.parametrize("slug", [row.slug for row in navigation.PAGES])
def test_numbers_are_spelled_as_germans_do(slug: str, open_page: Open, desk: FakeBilling) -> None:
    desk.remembered["admin@demo.invalid", "language"] = "de"
    app = open_page(slug)
    assert app.session_state["language"] == "de"
    told = [text for text in written(app) if not text.startswith("### ")]  # in a card's language
    assert {text: found for text in told if (found := english(text))} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("MRR 1,204 und 2.6", ["1,204", "2.6"]),
        ("1.204 am 26.11.2026 oder 26.11., 35,800 KWD", []),
        ("2,6\u00a0% von 12,50\u00a0€", []),
        ("2,6%", ["6%"]),
        (r"\$29\.00", ["$2"]),
        ("`price_1.5` von a@1.5.example", []),
    ],
)
def test_what_is_english_is_seen(text: str, found: list[str]) -> None:
    assert english(text) == found
