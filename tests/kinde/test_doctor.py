"""What the doctor says of a Kinde tenant."""

from __future__ import annotations

import pytest

from lib.billing.checks.kinde import kinde as examined
from lib.billing.config import Settings
from lib.billing.domain.errors import ConfigurationError
from lib.sandbox.kinde.app import kinde_app
from lib.sandbox.kinde.tenant import Tenant
from tests.http.serving import served


@pytest.fixture(scope="module")
def tenant():
    tenant = Tenant()
    with served(kinde_app(tenant)) as issuer:
        tenant.issuer = issuer
        yield tenant


def told(tenant, **over):
    given = {
        "PORTSIDE_KINDE_ISSUER": tenant.issuer,
        "PORTSIDE_KINDE_CLIENT_ID": tenant.client_id,
        "PORTSIDE_KINDE_CLIENT_SECRET": tenant.client_secret,
    }
    kept = {name: value for name, value in (given | over).items() if value is not None}
    return list(examined(Settings.load(kept)))


def test_a_sound_tenant(tenant):
    keys, links = told(tenant, PORTSIDE_KINDE_ISSUER=f"{tenant.issuer}/")
    assert (keys.ok, keys.sentence) == (True, f"{tenant.issuer} publishes 1 key for signatures.")
    assert (links.ok, links.name) == (True, "Kinde links")


FAULTS = {
    "no issuer": ({"PORTSIDE_KINDE_ISSUER": None}, 0, "no issuer, so that Kinde is off"),
    "nobody there": ({"PORTSIDE_KINDE_ISSUER": "http://127.0.0.1:9"}, 0, "does not answer"),
    "no application": ({"PORTSIDE_KINDE_CLIENT_ID": None}, 1, "No application is configured"),
    "a wrong secret": ({"PORTSIDE_KINDE_CLIENT_SECRET": "x"}, 1, "does not accept"),
    "without https in live mode": ({"STRIPE_API_KEY": "rk_live_x"}, 0, "Live mode needs https"),
}


@pytest.mark.parametrize(("over", "place", "said"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_has_its_sentence_and_its_remedy(tenant, over, place, said):
    finding = told(tenant, **over)[place]
    assert not finding.ok
    assert said in finding.sentence
    assert finding.remedy
    assert tenant.client_secret not in repr(finding)


def test_where_kinde_is_off_there_is_nothing_to_say():
    assert list(examined(Settings.load({}))) == []


def test_an_issuer_that_is_no_address_is_refused_at_once():
    with pytest.raises(ConfigurationError) as refused:
        Settings.load({"PORTSIDE_KINDE_ISSUER": "company.kinde.com"})
    assert "PORTSIDE_KINDE_ISSUER should be an address" in str(refused.value)
