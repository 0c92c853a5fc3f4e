"""The catalogue's words in other languages: read, judged, and put in place of the file's own."""

from __future__ import annotations

import pytest

from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.catalog_lint import findings
from lib.billing.domain.errors import CatalogInvalid
from lib.billing.domain.translations import LANGUAGES, PlanWords, translated
from lib.billing.pricing_page.words import WORDS
from lib.billing.replies.words import LANGUAGES as REPLIES

TEXT = """
default_plan = "free"
[features.sso]
name = "Single sign-on"
[plans.pro]
name = "Pro"
rank = 1
features = ["sso"]
cta = "Upgrade"
bullets = ["More", "Faster"]
[[plans.pro.prices]]
lookup_key = "pro_monthly"
interval = "month"
amount = 100
[tables.main]
group = "core"
state = "live"
default = true
features_heading = "In every plan"
[translations.de.plans.pro]
name = "Profi"
bullets = ["Mehr", "Schneller"]
[translations.de.features.sso]
name = "Einmalige Anmeldung"
[translations.de.tables.main]
features_heading = "In jedem Tarif"
"""


def codes(text: str) -> set[tuple[str, int | None]]:
    return {
        (found.code, found.line)
        for found in findings(parse_catalog(text))
        if found.code.startswith("translation") or found.code == "unknown_key"
    }


def test_a_translated_catalogue_says_what_is_translated_and_keeps_the_rest() -> None:
    catalog = parse_catalog(TEXT)
    german = translated(catalog, "de")
    pro = german.plans["pro"]
    assert (pro.name, pro.cta, pro.bullets) == ("Profi", "Upgrade", ("Mehr", "Schneller"))
    assert german.features["sso"].name == "Einmalige Anmeldung"
    assert german.tables["main"].features_heading == "In jedem Tarif"
    assert pro.prices == catalog.plans["pro"].prices
    assert translated(catalog, "fr") is catalog
    assert codes(TEXT) == set()


def test_words_change_nothing_that_rows_are_folded_by() -> None:
    without = parse_catalog(TEXT.partition("[translations")[0])
    assert repr(parse_catalog(TEXT)) == repr(without)
    assert catalog_words(TEXT) == {"pro": PlanWords("Profi", bullets=("Mehr", "Schneller"))}


def catalog_words(text: str) -> object:
    return parse_catalog(text).translations["de"].plans


AMISS = {
    "a language that no page speaks": ('[translations.nl.plans.pro]\nname = "x"', "language"),
    "a plan that is none": ('[translations.de.plans.gold]\nname = "x"', "unknown"),
    "a feature that is none": ('[translations.de.features.gold]\nname = "x"', "unknown"),
    "a table that is none": ('[translations.de.tables.gold]\nfeatures_heading = "x"', "unknown"),
    "a language without the bullets": ('[translations.fr.plans.pro]\nname = "x"', "missing"),
}


@pytest.mark.parametrize(("more", "code"), AMISS.values(), ids=AMISS.keys())
def test_lint_finds_on_its_line(more: str, code: str) -> None:
    line = len(TEXT.splitlines()) + 1
    found = codes(TEXT + more)
    assert (f"translation_{code}", line) in found


def test_a_key_that_means_nothing_is_an_error() -> None:
    assert {code for code, _ in codes(TEXT + '[translations.de.plan.pro]\nname = "x"')} == {
        "unknown_key"
    }
    wrong = TEXT.replace('name = "Profi"', 'nome = "Profi"')
    assert {code for code, _ in codes(wrong)} == {"unknown_key"}


FAULTS = {
    "a text where a table should be": '[translations.de]\nplans = "x"',
    "a number for a name": "[translations.de.plans.pro]\nname = 3",
    "a text for bullets": '[translations.de.plans.pro]\nbullets = "x"',
}


@pytest.mark.parametrize("more", FAULTS.values(), ids=FAULTS.keys())
def test_what_cannot_be_read_names_its_line(more: str) -> None:
    text = TEXT.partition("[translations")[0]
    with pytest.raises(CatalogInvalid) as caught:
        parse_catalog(text + more)
    assert caught.value.line is not None
    assert "translations.de" in str(caught.value)


def test_every_language_says_everything_the_page_says() -> None:
    assert set(LANGUAGES) == set(WORDS) == set(REPLIES)
    english = WORDS["en"]
    for language, words in WORDS.items():
        assert words.keys() == english.keys(), language
        for name, said in words.items():
            assert _places(said) == _places(english[name]), (language, name)


def _places(text: str) -> list[str]:
    return sorted(part.partition("}")[0] for part in text.split("{")[1:])
