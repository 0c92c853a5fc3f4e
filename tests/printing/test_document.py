"""The frame of every document: escaped, sealed off, in two languages."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import pytest

from lib.billing.printing.document import render
from lib.billing.printing.words import LANGUAGES, TABLES, frame

NOON = 1_795_316_400  # 22 November 2026, 03:00 UTC
FRAME: dict[str, Any] = {
    "title": "A & B",
    "as_of": NOON,
    "timezone": "Europe/Berlin",
    "staff": "ann@example.com",
    "livemode": True,
}
TOLD = {
    "en": "As of 22 November 2026, 04:00 (Europe/Berlin), printed by ann@example.com",
    "de": "Stand 22. November 2026, 04:00 Uhr (Europe/Berlin), gedruckt von ann@example.com",
    "ja": "As of 22 November 2026, 04:00 (Europe/Berlin), printed by ann@example.com",
}


@pytest.mark.parametrize("language", sorted(TOLD))
def test_it_says_of_when_it_is_where_the_clock_stands_and_who_printed_it(language: str) -> None:
    assert TOLD[language] in render("base.html", language, **FRAME)


def test_it_says_when_it_was_printed_where_it_is_of_another_time() -> None:
    page = render("base.html", "en", **FRAME, printed_at=NOON + 3_600)
    assert f"{TOLD['en']} (printed on 22 November 2026, 05:00)" in page


def test_a_test_is_marked_as_one() -> None:
    assert "Test mode" in render("base.html", "en", **{**FRAME, "livemode": False})
    assert "Test mode" not in render("base.html", "en", **FRAME)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "</title><img src=x onerror=alert(1)>",
        '"}</style><script>alert(1)</script>',
        "\\22 }body{display:none",
        "line\nbreak\u2028\u202e",
        "{{ 7 * 7 }}",
    ],
    ids=["script", "title", "style", "escape", "lines", "template"],
)
@pytest.mark.parametrize("place", ["title", "staff", "subtitle", "kind"])
def test_nothing_that_somebody_typed_becomes_part_of_the_page(place: str, hostile: str) -> None:
    page = render("base.html", "en", **{**FRAME, place: hostile})
    assert "<script" not in page
    assert "<img" not in page
    assert len(re.findall("</style>", page)) == len(re.findall("</title>", page)) == 1
    assert "49" not in page.replace(str(NOON), "").split("<body>")[1]
    style = page.split("<style>")[1].split("</style>")[0]
    assert "display:none" not in style
    assert style.count("{") == style.count("}")


def test_it_admits_its_own_style_and_nothing_else() -> None:
    page = render("base.html", "de", **FRAME)
    style = page.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert "default-src &#39;none&#39;" in page
    assert f"sha256-{digest}" in page.replace("&#43;", "+")
    assert not re.search(r"(src|href|action)=", page)
    assert "url(" not in page


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError, match="staff"):
        render("base.html", "en", **{k: v for k, v in FRAME.items() if k != "staff"})


def test_each_language_has_each_word() -> None:
    for table in (frame.WORDS, *TABLES.values()):
        assert set(table) == set(LANGUAGES)
        assert len({frozenset(words) for words in table.values()}) == 1
        for name, text in table["en"].items():
            holes = {tuple(sorted(re.findall(r"\{\w+\}", words[name]))) for words in table.values()}
            assert len(holes) == 1, f"{name}: {text}"
