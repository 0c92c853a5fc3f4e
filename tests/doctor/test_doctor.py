"""What the doctor finds, over a real local Stripe and real settings."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from lib.billing.config import Settings
from lib.billing.doctor import examine
from lib.billing.domain.permissions import Role
from lib.billing.reading.paced import Paced
from lib.billing.store import audit, failing, notices
from lib.billing.store.audit import AuditRow
from lib.billing.store.engine import Store
from lib.billing.store.notices import Notice
from lib.billing.stripe.gateway import Gateway
from lib.billing.sync import Backfill
from lib.billing.wiring import open_installation
from lib.sandbox.testing import running_sandbox
from tests.desk.money_world import over_company
from tests.fresh import fresh_store
from tests.sandbox.worlds import small_world

CATALOG = str(Path(__file__).parents[2] / "catalog.toml")
RETURN_URL = "https://app.example.com/billing"


@pytest.fixture(scope="module")
def stripe(tmp_path_factory):
    """A served world whose portal is kept by the catalogue; tests only read it."""
    sandbox, _ = small_world()
    with running_sandbox(sandbox=sandbox) as running:
        apply_portal(running.url, tmp_path_factory.mktemp("applied"))
        yield running.url


def apply_portal(url, directory):
    settings = Settings.load(
        {
            "PORTSIDE_DATABASE_URL": f"sqlite:///{directory / 'applied.db'}",
            "PORTSIDE_CATALOG": CATALOG,
            "PORTSIDE_RETURN_URL": RETURN_URL,
            "PORTSIDE_STRIPE_API_BASE": url,
            "STRIPE_API_KEY": "rk_test_doctor",
        }
    )
    installation = open_installation(settings)
    installation.portal.apply(staff="doctor", roles=frozenset({Role.ADMIN}))
    installation.close()


@pytest.fixture
def environment(tmp_path, stripe):
    """A set-up without a fault of its own."""
    url = f"sqlite:///{tmp_path / 'portside.db'}"
    fresh_store(tmp_path / "portside.db").close()
    return {
        "PORTSIDE_DATABASE_URL": url,
        "PORTSIDE_CATALOG": CATALOG,
        "PORTSIDE_RETURN_URL": RETURN_URL,
        "PORTSIDE_STRIPE_API_BASE": stripe,
        "STRIPE_API_KEY": "rk_test_doctor",
        "STRIPE_WEBHOOK_SECRET": "whsec_doctor",
    }


def found(environment, **over):
    changed = {name: value for name, value in (environment | over).items() if value is not None}
    return {finding.name: finding for finding in examine(Settings.load(changed))}


HEALTHY = [
    "API key", "Webhook secret", "Return URL", "Clock", "Business", "Database", "Audit", "Rules",
    "MRR",
    "Catalogue", "Portal", "Portal configuration",
]  # fmt: skip


@pytest.mark.parametrize("name", HEALTHY)
def test_a_sound_set_up_is_found_sound(environment, name):
    assert found(environment)[name].ok


FAULTS = {
    "no key": ({"STRIPE_API_KEY": None}, "API key", "STRIPE_API_KEY"),
    "a secret key": ({"STRIPE_API_KEY": "sk_test_1"}, "API key", "restricted key"),
    "a mode that is not the key's": ({"PORTSIDE_MODE": "live"}, "Mode", "PORTSIDE_MODE"),
    "no webhook secret": ({"STRIPE_WEBHOOK_SECRET": None}, "Webhook secret", "whsec_"),
    "an API key as the webhook secret": (
        {"STRIPE_WEBHOOK_SECRET": "sk_test_1"},
        "Webhook secret",
        "signing secret",
    ),
    "no return URL": ({"PORTSIDE_RETURN_URL": None}, "Return URL", "PORTSIDE_RETURN_URL"),
    "a relative return URL": ({"PORTSIDE_RETURN_URL": "/billing"}, "Return URL", "https://"),
    "a key for a page that customers do not come back to": (
        {"PORTSIDE_RETURN_KEY": "k" * 32},
        "Return URL",
        "Unset the key",
    ),
    "another return URL than the portal's": (
        {"PORTSIDE_RETURN_URL": "https://other.example.com/"},
        "Portal configuration",
        "portside portal apply",
    ),
    "no catalogue": ({"PORTSIDE_CATALOG": "/no/such.toml"}, "Catalogue", "/no/such.toml"),
    "no database": ({"PORTSIDE_DATABASE_URL": "sqlite:////no/such/x.db"}, "Database", "DATABASE"),
    "a URL that is none": ({"PORTSIDE_DATABASE_URL": "x"}, "Database", "PORTSIDE_DATABASE_URL"),
}


@pytest.mark.parametrize(("over", "name", "remedy"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_found_with_its_remedy(environment, over, name, remedy):
    finding = found(environment, **over)[name]
    assert finding.ok is False
    assert remedy in finding.remedy


def test_a_database_that_a_newer_version_upgraded_is_found(environment):
    store = Store(environment["PORTSIDE_DATABASE_URL"])
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    told = found(environment)["Database"]
    assert (told.ok, told.remedy) == (False, "Use the version that upgraded it.")


def test_a_database_that_was_not_migrated_is_found(environment, tmp_path):
    url = f"sqlite:///{tmp_path / 'fresh.db'}"
    finding = found(environment, PORTSIDE_DATABASE_URL=url)["Database"]
    assert finding.remedy == "Run `portside db upgrade`."


def test_an_audit_that_was_tampered_with_is_found(environment):
    store = Store(environment["PORTSIDE_DATABASE_URL"])
    with store.writing() as connection:
        for second in range(3):
            audit.append(connection, AuditRow(second, "sam@example.com", "export"))
        connection.execute(text("DROP TRIGGER audit_keeps_update"))
        connection.execute(text("UPDATE audit SET staff = 'eve' WHERE audit_id = 2"))
    store.close()
    finding = found(environment)["Audit"]
    assert finding.ok is False
    assert "Row 2" in finding.sentence
    assert "backup" in finding.remedy


def test_a_key_that_may_not_read_decline_codes_is_found(environment):
    store = Store(environment["PORTSIDE_DATABASE_URL"])
    with store.writing() as connection:
        failing.keep_refused(connection, "The API key lacks the right rak_invoice_read.")
    store.close()
    finding = found(environment)["Decline codes"]
    assert not finding.ok
    assert "rak_invoice_read" in finding.sentence
    assert "PaymentIntents" in finding.remedy


def test_mrr_that_does_not_add_up_is_found_with_whose_it_is(environment):
    store = Store(environment["PORTSIDE_DATABASE_URL"])
    over_company(store, 3)
    with store.writing() as connection:
        connection.execute(text("UPDATE movements SET delta_minor = 1 WHERE kind = 'new'"))
    store.close()
    finding = found(environment)["MRR"]
    assert finding.ok is False
    assert "each_customer in usd" in finding.sentence
    assert "cus_0" in finding.sentence
    assert "portside replay" in finding.remedy


@pytest.mark.parametrize(
    ("rates", "ok", "said"),
    [
        ("", False, "No rate for usd on"),
        ("[rates.usd]\n2020-01-01 = '0.9'", True, "To eur. The newest is of 2020-01-01."),
    ],
)
def test_rates_that_are_missing_are_found(environment, tmp_path, rates, ok, said):
    store = Store(environment["PORTSIDE_DATABASE_URL"])
    over_company(store, 3)
    store.close()
    config = tmp_path / "portside.toml"
    config.write_text(f"reporting_currency = 'eur'\n{rates}")
    finding = found(environment, PORTSIDE_CONFIG=str(config))["Rates"]
    assert finding.ok is ok
    assert said in finding.sentence


def test_a_clock_of_its_own_in_live_mode_is_found(environment):
    over = {"PORTSIDE_NOW": "2026-01-01T00:00:00Z", "STRIPE_API_KEY": "rk_live_1"}
    assert (
        found(environment, **over, PORTSIDE_STRIPE_API_BASE="http://127.0.0.1:9")["Clock"].ok
        is False
    )


def test_a_stripe_that_does_not_answer_is_found(environment):
    finding = found(environment, PORTSIDE_STRIPE_API_BASE="http://127.0.0.1:9")["Stripe"]
    assert finding.ok is False


def test_prices_outside_the_catalogue_are_found_in_stripe_and_in_subscriptions(environment):
    settings = Settings.load(environment)
    installation = open_installation(settings)
    gateway = Gateway("rk_test_doctor", settings.stripe_api_base)
    Backfill(installation.store, installation.ingest, Paced(gateway)).run()
    installation.close()
    seen = found(environment)
    assert seen["Prices in Stripe"].ok is False
    assert "partner_deal_2024" in seen["Subscriptions' prices"].sentence


def test_a_portal_that_was_never_applied_and_cancels_at_once_is_found(environment, tmp_path):
    sandbox, _ = small_world()
    with running_sandbox(sandbox=sandbox) as running:
        gateway = Gateway("rk_test_doctor", running.url)
        default = gateway.default_configuration()
        assert default is not None
        form = {"features[subscription_cancel][enabled]": "true"}
        form["features[subscription_cancel][mode]"] = "immediately"
        url = f"{running.url}/v1/billing_portal/configurations/{default.id}"
        httpx.post(url, data=form, auth=("rk_test_doctor", "")).raise_for_status()
        seen = found(environment, PORTSIDE_STRIPE_API_BASE=running.url)
    assert "immediately" in seen["Portal"].sentence
    assert "end of the period" in seen["Portal"].remedy
    assert "default configuration" in seen["Portal configuration"].sentence


def test_without_a_key_the_portal_is_judged_by_what_its_events_told(environment):
    assert "Portal" not in found(environment, STRIPE_API_KEY=None)
    settings = Settings.load(environment)
    installation = open_installation(settings)
    kinds = ("prices", "portal_configurations")
    gateway = installation.gateway
    assert gateway is not None
    reads = [
        (raw, page.date)
        for kind in kinds
        for page in gateway.list_objects(kind)
        for raw in page.objects
    ]
    installation.ingest.apply(
        [
            {
                "id": f"evt_{number}",
                "object": "event",
                "type": f"{raw['object']}.created",
                "created": date,
                "livemode": False,
                "data": {"object": raw},
            }
            for number, (raw, date) in enumerate(reads)
        ]
    )
    installation.close()
    seen = found(environment, STRIPE_API_KEY=None)
    assert (seen["Portal"].ok, seen["Portal configuration"].ok) == (True, True)
    assert "its events" in seen["Portal configuration"].sentence


def test_a_coupon_that_links_may_carry_but_stripe_does_not_know_is_found(environment, tmp_path):
    file = tmp_path / "portside.toml"
    file.write_text('[links]\nretention_coupons = ["NOSUCH"]\n')
    seen = found(environment, PORTSIDE_CONFIG=str(file))
    assert (seen["Coupons"].ok, "NOSUCH" in seen["Coupons"].sentence) == (False, True)
    assert "Coupons" not in found(environment)


NOTICES = {
    "Slack without its address": (
        "[digest]\nslack = true\ndaily = '08:00'",
        {},
        "Set PORTSIDE_SLACK_WEBHOOK_URL.",
    ),
    "mail without a server": (
        "[alerts]\nemail = ['ann@example.com']\ndrift = 3",
        {},
        "Set PORTSIDE_SMTP_URL.",
    ),
    "mail without a sender": (
        "[alerts]\nemail = ['ann@example.com']\ndrift = 3",
        {"PORTSIDE_SMTP_URL": "smtp://mail.example"},
        "docs/digest.md",
    ),
    "no address of the dashboard": (
        "[digest]\nslack = true\ndaily = '08:00'",
        {"PORTSIDE_SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T/B/x"},
        "PORTSIDE_DASHBOARD_URL",
    ),
}


@pytest.mark.parametrize(("toml", "over", "remedy"), NOTICES.values(), ids=NOTICES.keys())
def test_notices_that_would_not_arrive_are_found(environment, tmp_path, toml, over, remedy):
    config = tmp_path / "portside.toml"
    config.write_text(toml)
    finding = found(environment, PORTSIDE_CONFIG=str(config), **over)["Notices"]
    assert not finding.ok
    assert remedy in finding.remedy


def test_notices_are_found_sound_and_what_was_given_up_is_told(environment, tmp_path):
    assert "Notices" not in found(environment)
    config = tmp_path / "portside.toml"
    config.write_text("[digest]\nslack = true\nweekly = 'monday 08:00'")
    told = {
        "PORTSIDE_CONFIG": str(config),
        "PORTSIDE_SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T/B/secretpart",
        "PORTSIDE_DASHBOARD_URL": "https://billing.example.com",
        "PORTSIDE_NOW": "2026-11-23T09:00:00Z",
    }
    finding = found(environment, **told)["Notices"]
    assert finding.ok
    assert "secretpart" not in str(finding)
    made = Notice("digest:week:2026-W47", "slack", "", "digest", "{}", 1_795_420_800)
    store = Store(environment["PORTSIDE_DATABASE_URL"])
    with store.writing() as connection:
        notices.add(connection, [made])
        notices.failed(connection, made, "Slack answered 404 (no_service).", None)
    store.close()
    finding = found(environment, **told)["Notices"]
    assert not finding.ok
    assert "1 were given up this week: Slack answered 404 (no_service)." in finding.sentence
