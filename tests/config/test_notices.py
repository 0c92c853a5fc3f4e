"""`[digest]` and `[alerts]`: read strictly, and every mistake says what it should be."""

from __future__ import annotations

import pytest

from lib.billing.config import Settings
from lib.billing.digest.spans import Moment
from lib.billing.domain.errors import ConfigurationError
from lib.billing.logs import redact
from lib.billing.settings.business import parse_business
from lib.billing.settings.notices import is_address

WHOLE = """
[digest]
weekly = "monday 08:00"
daily = "07:30"
email = ["ann@example.com", "ann@example.com", "bob+x@example.co.uk"]
slack = true

[alerts]
slack = true
large_upgrade = { USD = 50000, jpy = 100000 }
failed_payment = { usd = 100000 }
drift = 0
silence_minutes = 120
"""


def test_everything_is_read() -> None:
    business = parse_business(WHOLE)
    digest, alerts = business.digest, business.alerts
    assert (digest.weekly, digest.daily) == (Moment(8, 0, 0), Moment(7, 30))
    assert digest.to.pairs == (
        ("slack", ""),
        ("email", "ann@example.com"),
        ("email", "bob+x@example.co.uk"),
    )
    assert alerts.large_upgrade == {"usd": 50_000, "jpy": 100_000}
    assert (alerts.drift, alerts.silence, alerts.large_churn) == (0, 7_200, {})
    assert alerts.kinds == ("large_upgrade", "failed_payment", "drift", "silence")


def test_nothing_is_sent_without_being_asked_for() -> None:
    business = parse_business("")
    assert (business.digest.moments, business.digest.to.pairs, business.alerts.kinds) == (
        (),
        (),
        (),
    )


WRONG = {
    "a day that is none": ('[digest]\nslack = true\nweekly = "mon 08:00"', "digest.weekly"),
    "a daily with a weekday": ('[digest]\nslack = true\ndaily = "monday 08:00"', "digest.daily"),
    "a schedule without recipients": ('[digest]\ndaily = "08:00"', "digest.email"),
    "an address that is none": ('[digest]\nemail = ["ann"]', "digest.email"),
    "an address with a header": ('[digest]\nemail = ["a@x.de\\nBcc: b@x.de"]', "digest.email"),
    "two addresses in one": ('[digest]\nemail = ["a@x.de, b@x.de"]', "digest.email"),
    "slack as a text": ('[digest]\nslack = "yes"', "digest.slack"),
    "a word that is not known": ('[digest]\nmonthly = "08:00"', "digest.monthly"),
    "a limit of no currency": ("[alerts]\nslack = true\nlarge_churn = { dollars = 1 }", "dollars"),
    "a limit in units": ("[alerts]\nslack = true\nlarge_churn = { usd = 1.5 }", "large_churn.usd"),
    "a limit of nothing": ("[alerts]\nslack = true\nlarge_churn = { usd = 0 }", "large_churn.usd"),
    "a limit that is no section": ("[alerts]\nslack = true\nlarge_churn = 5", "alerts.large_churn"),
    "less than no drift": ("[alerts]\nslack = true\ndrift = -1", "alerts.drift"),
    "no silence at all": ("[alerts]\nslack = true\nsilence_minutes = 0", "alerts.silence_minutes"),
    "alerts without recipients": ("[alerts]\ndrift = 3", "alerts.email"),
}


@pytest.mark.parametrize(("text", "names"), WRONG.values(), ids=WRONG.keys())
def test_a_mistake_names_its_key(text, names):
    with pytest.raises(ConfigurationError) as refused:
        parse_business(text)
    assert names in str(refused.value)


ADDRESSES = {"ann@example.com": True, "a@b": True, "a b@c.de": False, "@c.de": False, "a@": False}


@pytest.mark.parametrize(("text", "usable"), ADDRESSES.items())
def test_an_address_is_a_plain_one(text, usable):
    assert is_address(text) is usable


def test_the_secrets_of_the_channels_show_nowhere() -> None:
    slack = "https://hooks.slack.com/services/T000/B000/abcdef"
    settings = Settings.load(
        {
            "PORTSIDE_SLACK_WEBHOOK_URL": slack,
            "PORTSIDE_SMTP_URL": "smtp://ann:password1@mail.example:587",
            "PORTSIDE_DASHBOARD_URL": "https://billing.example.com/",
        }
    )
    assert "abcdef" not in repr(settings)
    assert "password1" not in repr(settings)
    assert settings.dashboard_url == "https://billing.example.com"
    assert "abcdef" not in redact(f"posting to {slack} failed")
    assert "password1" not in redact("smtp://ann:password1@mail.example:587")


def test_a_dashboard_is_an_address() -> None:
    with pytest.raises(ConfigurationError, match="PORTSIDE_DASHBOARD_URL"):
        Settings.load({"PORTSIDE_DASHBOARD_URL": "billing.example.com"})
