"""The `[pricing]` section of portside.toml."""

from __future__ import annotations

import pytest

from lib.billing.domain.errors import ConfigurationError
from lib.billing.settings.business import parse_business
from lib.billing.settings.pricing import PricingPolicy

GIVEN = """
[pricing]
embed = ["https://www.example.com/", "http://localhost:3000", "https://*.example.com"]
sign_up_url = "https://app.example.com/register?from=prices"
url = "https://billing.example.com/pricing"
"""


def test_the_section_is_read_and_may_be_absent() -> None:
    assert parse_business("").pricing == PricingPolicy((), None, None)
    assert parse_business(GIVEN).pricing == PricingPolicy(
        ("https://www.example.com", "http://localhost:3000", "https://*.example.com"),
        "https://app.example.com/register?from=prices",
        "https://billing.example.com/pricing",
    )


WRONG = {
    "an unknown key": "frame = 1",
    "one origin": 'embed = "https://www.example.com"',
    "an address in place of an origin": 'embed = ["https://www.example.com/prices"]',
    "a word of the policy": "embed = [\"'unsafe-inline'\"]",
    "everybody": 'embed = ["https://*"]',
    "everybody of a kind": 'embed = ["https://*.com"]',
    "a star in the middle": 'embed = ["https://www.*.example.com"]',
    "two in one": 'embed = ["https://a.example; script-src *"]',
    "no address": 'sign_up_url = "app.example.com"',
    "a script": 'sign_up_url = "javascript:alert(1)"',
    "an address that breaks off": 'url = "https://[::1"',
    "a place within a page": 'url = "https://billing.example.com/#pricing"',
}


@pytest.mark.parametrize("line", WRONG.values(), ids=WRONG.keys())
def test_a_mistake_names_the_key(line: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_business(f"[pricing]\n{line}\n")
    assert f"pricing.{line.partition(' ')[0]}" in str(caught.value)
