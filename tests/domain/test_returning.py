"""The return page's token: what it opens, and for how long."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest

from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.grants import Access
from lib.billing.domain.return_words import LANGUAGES, TEXTS, Standing, language, standing
from lib.billing.domain.returning import (
    ASPECTS,
    LIVES,
    ReturnToken,
    is_return_page,
    seal,
    unseal,
    with_token,
)

NOW = 1_790_000_000
KEY, OLD, OTHER = "k" * 32, "o" * 32, "x" * 32
TOKEN = ReturnToken("cus_1", "home", NOW, dict.fromkeys(ASPECTS, "0a1b2c3d"))
SEALED = seal(TOKEN, KEY)


def test_what_was_sealed_comes_out():
    assert unseal(SEALED, [KEY], NOW + 60) == TOKEN
    assert unseal(seal(TOKEN, OLD), [KEY, OLD], NOW) == TOKEN


def _with_customer(sealed: str, customer: str) -> str:
    version, body, mac = sealed.split(".")
    said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    said[0] = customer
    again = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    return f"{version}.{again}.{mac}"


USELESS = {
    "nothing": "",
    "noise": "v1.abc.def",
    "too long": SEALED + "a" * 1_000,
    "not ASCII": SEALED + "ä",
    "by another key": seal(TOKEN, OTHER),
    "for another customer": _with_customer(SEALED, "cus_2"),
    "without its seal": SEALED.rpartition(".")[0] + ".",
    "of another version": "v2" + SEALED[2:],
    "too old": seal(replace(TOKEN, at=NOW - LIVES - 1), KEY),
    "from the future": seal(replace(TOKEN, at=NOW + 301), KEY),
}


@pytest.mark.parametrize("text", USELESS.values(), ids=USELESS.keys())
def test_what_is_forged_or_old_opens_nothing(text):
    assert unseal(text, [KEY], NOW) is None


def test_without_a_key_nothing_is_opened():
    assert unseal(SEALED, [], NOW) is None


def test_the_token_joins_what_the_address_has_already():
    assert with_token("https://a.example/return?x=1#top", "v1.T") == (
        "https://a.example/return?x=1&t=v1.T#top"
    )
    assert is_return_page("https://a.example/billing/return/?x=1")
    assert not is_return_page("https://a.example/billing")


LANGUAGES_ASKED = {
    None: "en",
    "de": "de",
    "de-AT,de;q=0.9,en;q=0.8": "de",
    "en-GB,de;q=0.9": "en",
    "fr, de;q=0.3, en;q=0.2": "de",
    "fr, de ; q=0.3, en; q=0.2": "de",
    "fr": "en",
    "de;q=0": "en",
    "de;q=high, en": "en",
}


@pytest.mark.parametrize(("asked", "chosen"), LANGUAGES_ASKED.items())
def test_the_language_is_the_browsers(asked, chosen):
    assert language(asked) == chosen


def test_every_sentence_is_there_in_every_language():
    assert {frozenset(TEXTS[lang]) for lang in LANGUAGES} == {frozenset(TEXTS["en"])}


CATALOG = parse_catalog('default_plan = "free"\n[plans.pro]\nname = "Pro"\nrank = 1\n')
END = 1_786_708_800  # 14 August 2026
ACCESS = Access(
    "cus_1", None, "pro", "active", True, None, "active", False, None, END, (), {}, "sub_1", None,
    "", "",
)  # fmt: skip
STANDINGS = {
    "renews": (ACCESS, False, "Your Pro plan is active and renews on 14 August 2026."),
    "a change is planned": (ACCESS, True, "A change of plan is planned for later."),
    "ends": (
        replace(ACCESS, rule="winding_down", access_until=END),
        False,
        "Your Pro plan stays active until 14 August 2026 and then ends.",
    ),
    "on trial": (replace(ACCESS, rule="trialing"), False, "Your trial of Pro runs until 14 August"),
    "owes": (
        replace(ACCESS, rule="past_due_in_grace", access_until=END),
        False,
        "A payment for your Pro plan is outstanding; it stays active until 14 August 2026.",
    ),
    "paused collection": (
        replace(ACCESS, rule="collection_paused"),
        False,
        "Your Pro plan is active.",
    ),
    "without an end": (replace(ACCESS, current_period_end=None), False, "Your Pro plan is active."),
    "nothing": (
        replace(ACCESS, access=False, plan="free", rule="canceled"),
        True,
        "You are on Free; no paid plan is active.",
    ),
}


@pytest.mark.parametrize(("access", "planned", "said"), STANDINGS.values(), ids=STANDINGS.keys())
def test_where_the_customer_stands_is_one_sentence(access, planned, said):
    told = standing(Standing(access, planned), CATALOG, "UTC", "en")
    assert said in told
    assert standing(Standing(access, planned), CATALOG, "UTC", "de") != told


def test_german_dates_are_german():
    said = standing(Standing(ACCESS, False), CATALOG, "UTC", "de")
    assert said == "Ihr Tarif Pro ist aktiv und verlängert sich am 14. August 2026."
