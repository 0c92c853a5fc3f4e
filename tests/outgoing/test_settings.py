"""Endpoints of `portside.toml` and their secrets: what is taken, and what is refused."""

from __future__ import annotations

import base64

import pytest

from lib.billing.config import Settings
from lib.billing.domain.errors import ConfigurationError
from lib.billing.domain.outgoing import TYPES
from lib.billing.domain.outgoing_waits import WAITS, next_offer
from lib.billing.settings.business import parse_business
from lib.billing.settings.outgoing import Endpoint, check_secrets, read_secrets

from .product import OLDER, SECRET

HTTPS = "https://shop.example/events"


def entry(name: str = "shop", url: str = HTTPS, **more: str) -> str:
    given = {"name": f'"{name}"', "url": f'"{url}"'} | more
    return "[[outgoing]]\n" + "\n".join(f"{key} = {value}" for key, value in given.items()) + "\n"


def test_an_endpoint_is_told_everything_unless_it_says_otherwise() -> None:
    text = entry() + entry("crm", events='["customer.plan_changed", "customer.plan_changed"]')
    assert parse_business(text).outgoing == (
        Endpoint("shop", HTTPS, TYPES),
        Endpoint("crm", HTTPS, ("customer.plan_changed",)),
    )


def test_without_a_file_nobody_is_told() -> None:
    assert parse_business("").outgoing == ()


@pytest.mark.parametrize("url", ["http://localhost:9/x", "http://127.0.0.1/x", "http://[::1]:9/x"])
def test_this_machine_may_be_told_in_the_clear(url: str) -> None:
    assert parse_business(entry(url=url)).outgoing[0].url == url


REFUSED = {
    "no https": (entry(url="http://shop.example/x"), r"outgoing\[1\].url should be an https"),
    "a user in the address": (entry(url="https://me:hush@shop.example"), "url should be"),
    "no address": (entry(url="shop"), "url should be"),
    "a port that is none": (entry(url="https://shop.example:x"), "url should be"),
    "a name with a space": (entry("my shop"), "name should be given"),
    "an unknown type": (entry(events='["customer.born"]'), "events should be of"),
    "an unknown key": (entry(secret='"hush"'), "'outgoing.1..secret' is not known"),
    "one name twice": (entry() + entry(), r"outgoing\[2\].name should be another"),
    "a section": ('[outgoing]\nname = "shop"', r"written as \[\[outgoing\]\]"),
}


@pytest.mark.parametrize(("text", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_used_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence) as refused:
        parse_business(text)
    assert "hush" not in str(refused.value)


def test_two_secrets_of_one_name_are_a_rotation() -> None:
    given = {"PORTSIDE_OUTGOING_SECRET": f"shop={SECRET}, shop={OLDER},crm={OLDER}"}
    settings = Settings.load(given)
    assert settings.outgoing_secrets == {"shop": (SECRET, OLDER), "crm": (OLDER,)}
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("hush", id="no name"),
        pytest.param("shop=hush", id="no whsec_"),
        pytest.param("shop=whsec_" + base64.b64encode(b"short").decode(), id="too short"),
        pytest.param("shop=whsec_%%%", id="no base64"),
    ],
)
def test_a_secret_that_cannot_sign_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ConfigurationError, match="entry 1") as refused:
        read_secrets(text)
    assert text.removeprefix("shop=whsec_") not in str(refused.value)


def test_nothing_is_ever_sent_unsigned() -> None:
    check_secrets([], {})
    with pytest.raises(ConfigurationError, match="no secret for the endpoint 'shop'"):
        check_secrets([Endpoint("shop", HTTPS)], {"crm": (SECRET,)})


def test_of_an_address_only_the_host_is_shown() -> None:
    assert Endpoint("shop", "https://shop.example/x?token=hush").host == "shop.example"


@pytest.mark.parametrize(
    ("attempts", "asked", "wait"),
    [(1, None, 5), (2, None, 300), (1, 60, 60), (3, 60, 1_800), (9, 10**8, 86_400)],
)
def test_each_wait_is_longer_unless_more_is_asked_for(
    attempts: int, asked: int | None, wait: int
) -> None:
    assert next_offer(attempts, 1_000, asked) == 1_000 + wait


def test_ten_attempts_take_about_three_days() -> None:
    assert next_offer(10, 0) is None
    assert 3 * 86_400 < sum(WAITS) < 4 * 86_400
