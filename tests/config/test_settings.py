"""The environment and `portside.toml`: what is taken, and what is refused with which sentence."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from ipaddress import ip_network

import pytest

from lib.billing.config import Settings
from lib.billing.domain.errors import ConfigurationError
from lib.billing.domain.flow_values import LinkPolicy
from lib.billing.domain.permissions import Role
from lib.billing.domain.sign_in import SignIn, TrustedHeaders
from lib.billing.settings.business import parse_business, read_business
from lib.billing.settings.catalog_file import read_catalog
from lib.billing.settings.sign_in import read_sign_in


def test_everything_is_optional():
    settings = Settings.load({})
    assert settings.database_url == "sqlite:///portside.db"
    assert (settings.mode, settings.webhook_secrets, settings.api_key) == ("test", (), None)


def test_a_variable_set_to_nothing_is_not_set():
    assert Settings.load({"STRIPE_API_KEY": "", "STRIPE_WEBHOOK_SECRET": "  "}).api_key is None


MODES = {
    "no key": ({}, "test"),
    "no key, told live": ({"PORTSIDE_MODE": "live"}, "live"),
    "a restricted test key": ({"STRIPE_API_KEY": "rk_test_1"}, "test"),
    "a live key": ({"STRIPE_API_KEY": "sk_live_1"}, "live"),
    "a live key, told test": ({"STRIPE_API_KEY": "rk_live_1", "PORTSIDE_MODE": "test"}, "live"),
}


@pytest.mark.parametrize(("environment", "mode"), MODES.values(), ids=MODES.keys())
def test_the_key_decides_the_mode(environment, mode):
    assert Settings.load(environment).mode == mode


def test_several_secrets_are_several_while_one_is_being_rolled():
    settings = Settings.load({"STRIPE_WEBHOOK_SECRET": " whsec_a, ,whsec_b,"})
    assert settings.webhook_secrets == ("whsec_a", "whsec_b")


def test_secrets_do_not_show():
    settings = Settings.load(
        {
            "STRIPE_API_KEY": "rk_test_hush",
            "STRIPE_WEBHOOK_SECRET": "whsec_hush",
            "PORTSIDE_DATABASE_URL": "postgresql://me:hush@db/portside",
            "PORTSIDE_API_TOKEN": "hush",
            "PORTSIDE_PROXY_SECRET": "hush",
        }
    )
    assert "hush" not in f"{settings!r} {settings}"


REFUSED = {
    "a mode that is none": {"PORTSIDE_MODE": "staging"},
    "a publishable key": {"STRIPE_API_KEY": "pk_test_hush"},
    "an address without a scheme": {"PORTSIDE_STRIPE_API_BASE": "localhost:12111"},
}


@pytest.mark.parametrize("environment", REFUSED.values(), ids=REFUSED.keys())
def test_a_mistake_is_one_sentence_that_names_the_variable(environment):
    with pytest.raises(ConfigurationError) as refused:
        Settings.load(environment)
    (name,) = environment
    assert str(refused.value).startswith(name)
    assert "\n" not in str(refused.value)
    assert "hush" not in str(refused.value)


WHOLE = """
timezone = "Europe/Berlin"
policy = "chartmogul"
org_key = "tenant"
reporting_currency = "EUR"
stale_after_minutes = 5
retention_days = 90
reconcile_hours = 6
[roles]
support = ["Agent@Example.com"]
admin = ["agent@example.com", "root@example.com"]
[groups]
support = ["helpdesk", "billing"]
finance = [" billing "]
[sign_in]
max_age_hours = 8
groups_claim = "realm_access.roles"
ask = "the billing team"
[sign_in.headers]
email = "X-Forwarded-Email"
groups = "X-Forwarded-Groups"
secret = "X-Proof"
peers = ["10.0.0.5", "fd00::/64"]
sign_out = "/oauth2/sign_out"
[rates.usd]
2026-02-01 = "0.9"
2026-01-01 = "0.95"
"""


def test_the_whole_file():
    business = parse_business(WHOLE)
    assert business.timezone == "Europe/Berlin"
    assert business.policy.slug == "chartmogul"
    assert (business.org_key, business.reporting_currency, business.stale_after) == (
        "tenant",
        "eur",
        300,
    )
    assert (business.retention_days, business.reconcile_hours) == (90, 6)
    assert business.roles["agent@example.com"] == {Role.SUPPORT, Role.ADMIN}
    assert business.groups == {
        "helpdesk": {Role.SUPPORT},
        "billing": {Role.SUPPORT, Role.FINANCE},
    }
    assert business.sign_in == SignIn(
        max_age=8 * 3_600,
        groups_claim="realm_access.roles",
        ask="the billing team",
        headers=TrustedHeaders(
            email="x-forwarded-email",
            groups="x-forwarded-groups",
            secret_header="x-proof",
            peers=(ip_network("10.0.0.5"), ip_network("fd00::/64")),
            sign_out="/oauth2/sign_out",
        ),
    )
    assert business.rates["usd"] == (
        (date(2026, 1, 1), Decimal("0.95")),
        (date(2026, 2, 1), Decimal("0.9")),
    )


def test_links_may_carry_nothing_unless_told_otherwise():
    assert parse_business("").links == LinkPolicy()
    text = '[links]\nretention_coupons = ["A", " B ", "A"]\nlongest_trial_days = 14'
    assert parse_business(text).links == LinkPolicy(("A", "B"), (), 14)


def test_bodies_are_kept_for_ever_and_stripe_is_compared_daily_unless_told_otherwise():
    business = parse_business("")
    assert (business.retention_days, business.reconcile_hours) == (None, 24)
    assert parse_business("reconcile_hours = 0").reconcile_hours == 0


def test_an_absent_file_is_all_defaults_unless_it_was_named(tmp_path):
    assert read_business(tmp_path / "portside.toml").timezone == "UTC"
    with pytest.raises(ConfigurationError, match="does not exist"):
        Settings.load({"PORTSIDE_CONFIG": str(tmp_path / "x.toml")}).business()


MISTAKES = {
    "no TOML": ("timezone = ", "not TOML"),
    "an unknown key": ("timezon = 'UTC'", "'timezon' is not known"),
    "an unknown zone": ("timezone = 'Mars/Olympus'", "timezone"),
    "a zone that is a path": ("timezone = '../etc'", "timezone"),
    "an unknown policy": ("policy = 'own'", "policy"),
    "a currency that is none": ("reporting_currency = 'dollars'", "reporting_currency"),
    "minutes as text": ("stale_after_minutes = '5'", "stale_after_minutes"),
    "true for a number": ("stale_after_minutes = true", "stale_after_minutes"),
    "bodies kept for a week": ("retention_days = 29", "retention_days should be 30 or more"),
    "bodies kept for no days": ("retention_days = 0", "retention_days"),
    "hours below zero": ("reconcile_hours = -1", "reconcile_hours"),
    "hours as text": ("reconcile_hours = 'daily'", "reconcile_hours"),
    "an unknown role": ("[roles]\nking = []", "roles.king"),
    "a role for one address as text": ("[roles]\nadmin = 'a@example.com'", "roles.admin"),
    "a coupon that is no list": ("[links]\nretention_coupons = 'A'", "links.retention_coupons"),
    "a coupon without a name": ("[links]\ncheckout_coupons = [' ']", "links.checkout_coupons"),
    "a trial of three years": ("[links]\nlongest_trial_days = 1000", "at most 730"),
    "a trial of true days": ("[links]\nlongest_trial_days = true", "longest_trial_days"),
    "a link with something else": ("[links]\ncolour = 'red'", "links.colour"),
    "a role for a group among addresses": ("[roles]\nadmin = ['ops']", "Groups go in [groups]"),
    "an unknown role for a group": ("[groups]\nking = []", "groups.king"),
    "a group as text": ("[groups]\nadmin = 'ops'", "groups.admin"),
    "an unknown key of the sign-in": ("[sign_in]\nmax_age = 3", "'sign_in.max_age' is not known"),
    "a sign-in without an end": ("[sign_in]\nmax_age_hours = 0", "sign_in.max_age_hours"),
    "a sign-in of a year": ("[sign_in]\nmax_age_hours = 8760", "sign_in.max_age_hours"),
    "headers without an e-mail": (
        "[sign_in.headers]\nsecret = 'X-Proof'",
        "sign_in.headers.email",
    ),
    "headers without a proof": ("[sign_in.headers]\nemail = 'X-E'", "without a proof"),
    "one header for two things": (
        "[sign_in.headers]\nemail = 'X-E'\nsecret = 'x-e'",
        "each is used once",
    ),
    "a header that is none": (
        "[sign_in.headers]\nemail = 'X E'\nsecret = 'X-Proof'",
        "sign_in.headers.email",
    ),
    "a header that means something else": (
        "[sign_in.headers]\nemail = 'Host'\nsecret = 'X-Proof'",
        "sign_in.headers.email",
    ),
    "a peer that is no address": (
        "[sign_in.headers]\nemail = 'X-E'\npeers = ['proxy']",
        "'proxy' is none",
    ),
    "everybody as a peer": (
        "[sign_in.headers]\nemail = 'X-E'\npeers = ['0.0.0.0/0']",
        "not every address",
    ),
    "a sign-out elsewhere": (
        "[sign_in.headers]\nemail = 'X-E'\nsecret = 'X-P'\nsign_out = '//evil.test'",
        "sign_in.headers.sign_out",
    ),
    "a rate as a number": ("[rates.eur]\n2026-01-01 = 1.08", "rates.eur"),
    "a rate of nothing": ("[rates.eur]\n2026-01-01 = '0'", "rates.eur"),
    "a rate without a day": ("[rates.eur]\nsoon = '1'", "rates.eur"),
}


@pytest.mark.parametrize(("text", "named"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_in_the_file_is_named(text, named):
    with pytest.raises(ConfigurationError) as refused:
        parse_business(text)
    assert str(refused.value).startswith("portside.toml")
    assert named in str(refused.value)


def test_a_missing_catalogue_says_what_to_set(tmp_path):
    with pytest.raises(ConfigurationError, match="PORTSIDE_CATALOG"):
        read_catalog(tmp_path / "catalog.toml")


PROXIED = "[sign_in.headers]\nemail = 'X-E'\nsecret = 'X-Proof'"
SECRET = "a secret that only the proxy knows"

UNFIT = {
    "a secret for nothing": ("", SECRET, "no [sign_in.headers]"),
    "a header without its secret": (PROXIED, "", "belong together"),
    "a secret without its header": (
        "[sign_in.headers]\nemail = 'X-E'\npeers = ['10.0.0.5']",
        SECRET,
        "belong together",
    ),
    "a short secret": (PROXIED, "hush", "24 characters"),
}


@pytest.mark.parametrize(("toml", "secret", "said"), UNFIT.values(), ids=UNFIT.keys())
def test_the_file_and_the_secret_belong_together(tmp_path, toml, secret, said):
    file = tmp_path / "portside.toml"
    file.write_text(toml)
    environment = {"PORTSIDE_CONFIG": str(file), "PORTSIDE_PROXY_SECRET": secret}
    with pytest.raises(ConfigurationError) as refused:
        read_sign_in(Settings.load(environment))
    assert said in str(refused.value)
    assert "hush" not in str(refused.value)


def test_the_secret_comes_from_the_environment(tmp_path):
    file = tmp_path / "portside.toml"
    file.write_text(PROXIED)
    environment = {"PORTSIDE_CONFIG": str(file), "PORTSIDE_PROXY_SECRET": SECRET}
    headers = read_sign_in(Settings.load(environment)).headers
    assert headers is not None
    assert headers.secret == SECRET
