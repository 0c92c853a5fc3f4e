"""A pasted catalogue may be anything: it is read, or refused with one sentence."""

from __future__ import annotations

import pytest

from lib.billing.domain.candidate import MOST_BYTES, mark_of_text, read_candidate
from lib.billing.domain.errors import CatalogInvalid

GOOD = 'default_plan = "free"\n[plans.free]\nname = "Free"\n'


def test_a_candidate_is_read_as_the_file_is() -> None:
    assert read_candidate(GOOD).default.name == "Free"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "nothing to compare", id="nothing"),
        pytest.param(" \n\t", "nothing to compare", id="blanks"),
        pytest.param("#" * (MOST_BYTES + 1), "larger than 256 KiB", id="too long"),
        pytest.param("#" + "é" * (MOST_BYTES // 2 + 1), "larger than 256 KiB", id="too many bytes"),
        pytest.param("x = " + "[" * 5_000, "too deep", id="lists in lists"),
        pytest.param("x = " + "{a=" * 5_000, "too deep", id="tables in tables"),
        pytest.param(".".join("a" * 100_000) + " = 1", "line 1: more than 100 dots", id="dots"),
        pytest.param("[" + ".".join("a" * 300) + "]", "line 1: more than 100 dots", id="a header"),
        pytest.param("x = " + "9" * 100_000, "cannot be read", id="a number without end"),
        pytest.param("\x00", "not valid TOML", id="a control character"),
        pytest.param("\ud800 = 1", "not valid TOML", id="half a character"),
        pytest.param("<html>", "not valid TOML", id="another format"),
        pytest.param('plans = "x"\ndefault_plan = "a"', "one for each", id="another shape"),
        pytest.param("default_plan = 7", 'needs default_plan = "…"', id="another type"),
        pytest.param(
            f'default_plan = "f"\ncurrency = "{"x" * 90_000}"', "xx…", id="a long quotation"
        ),
        pytest.param(
            'default_plan = "f"\n' + "".join(f"[plans.p{n}]\n" for n in range(501)),
            "more than 500 plans",
            id="plans without end",
        ),
        pytest.param(
            'default_plan = "f"\n' + "".join(f"[tables.t{n}]\n" for n in range(501)),
            "more than 500 plans or pricing tables",
            id="tables without end",
        ),
        pytest.param(
            'default_plan = "f"\n[plans.f]\nfeatures = [' + '"a",' * 6_000 + "]",
            "more than 5,000",
            id="features without end",
        ),
    ],
)
def test_whatever_is_no_catalogue_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(CatalogInvalid) as refused:
        read_candidate(text)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


def test_a_fault_names_the_line() -> None:
    with pytest.raises(CatalogInvalid) as refused:
        read_candidate(GOOD + "rank = -1\n")
    assert refused.value.line == 4


def test_two_texts_have_two_marks() -> None:
    assert mark_of_text(GOOD) != mark_of_text(GOOD + "#")
    assert mark_of_text("\ud800")  # and half a character has one
