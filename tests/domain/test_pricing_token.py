"""The pricing page's token: whom it lets in, and for how long."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib.billing.domain import returning
from lib.billing.domain.errors import LinkRefused
from lib.billing.domain.pricing_token import LIVES, PricingToken, seal, unseal

NOW = 1_790_000_000
KEY, OLD, OTHER = "k" * 32, "o" * 32, "x" * 32
TOKEN = PricingToken("a1", "org_1", None, "mem_1", "shop", NOW)
SEALED = seal(TOKEN, KEY)
RETURN = returning.ReturnToken("cus_1", "home", NOW, dict.fromkeys(returning.ASPECTS, "0"))


def test_what_was_sealed_comes_out_until_half_an_hour_has_passed() -> None:
    assert unseal(SEALED, [KEY], NOW) == TOKEN
    assert unseal(SEALED, [OTHER, KEY], NOW + LIVES - 1) == TOKEN
    assert TOKEN.ends_at == NOW + LIVES


def test_the_longest_names_still_fit() -> None:
    long = PricingToken("a" * 24, "組" * 150, None, "ü" * 150, "c" * 40, NOW)
    assert unseal(seal(long, KEY), [KEY], NOW) == long


USELESS = {
    "nothing": ("", "link_invalid"),
    "noise": ("v1.abc.def", "link_invalid"),
    "by another key": (seal(TOKEN, OTHER), "link_invalid"),
    "with another body": (
        f"v1.{seal(replace(TOKEN, org='org_2'), OTHER).split('.')[1]}.{SEALED.split('.')[2]}",
        "link_invalid",
    ),
    "a token of the return page": (returning.seal(RETURN, KEY), "link_invalid"),
    "too old": (seal(replace(TOKEN, at=NOW - LIVES), KEY), "link_expired"),
    "from the future": (seal(replace(TOKEN, at=NOW + 301), KEY), "link_expired"),
}


@pytest.mark.parametrize(("text", "code"), USELESS.values(), ids=USELESS.keys())
def test_what_is_forged_or_old_is_refused(text: str, code: str) -> None:
    with pytest.raises(LinkRefused) as caught:
        unseal(text, [KEY], NOW)
    assert caught.value.code == code


def test_without_a_key_nothing_is_let_in() -> None:
    with pytest.raises(LinkRefused):
        unseal(SEALED, [], NOW)


def test_a_pricing_token_opens_no_return_page() -> None:
    assert returning.unseal(SEALED, [KEY], NOW) is None
