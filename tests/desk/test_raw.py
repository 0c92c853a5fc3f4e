"""Raw objects: what is stored, for engineers, without anything that acts as the customer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lib.billing.desk import Portside
from lib.billing.domain.errors import NoCustomer, NoSuchObject, PermissionDenied
from lib.billing.domain.permissions import Role
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store
from lib.billing.store.retention import prune
from lib.billing.stripe.redact import HIDDEN, shown
from tests.store.company import CATALOG, START, company, ingest_into

ADMIN = {"roles": {Role.ADMIN}}


@pytest.fixture
def portside(store: Store) -> Portside:
    ingest_into(store).apply(company(3, customers=2, turns=3))
    return Portside(store=store, clock=lambda: START, setup=Setup(catalog=CATALOG))


def test_an_object_is_shown_as_it_was_seen_and_as_it_came(portside: Portside) -> None:
    objects = portside.raw_objects("cus_0", **ADMIN)
    assert ("subscription", "sub_0") in [(o.object_type, o.object_id) for o in objects]
    sightings = portside.raw_sightings("cus_0", "subscription", "sub_0", **ADMIN)
    assert [s.second for s in sightings] == sorted((s.second for s in sightings), reverse=True)
    assert (sightings[-1].kind, sightings[-1].before) == ("created", None)
    body = portside.raw_body(sightings[-1].event_id, **ADMIN)
    assert body.body["data"]["object"]["id"] == "sub_0"


def test_a_body_that_is_gone_says_so(portside: Portside, store: Store) -> None:
    sighting = portside.raw_sightings("cus_0", "subscription", "sub_0", **ADMIN)[0]
    with store.writing() as connection:
        prune(connection, before=START * 2, limit=1_000)
    body = portside.raw_body(sighting.event_id, **ADMIN)
    assert (body.body, body.why_not) == (
        None,
        "Its body is gone: bodies are dropped after a while.",
    )


def test_another_customer_s_object_is_not_shown(portside: Portside) -> None:
    with pytest.raises(NoSuchObject):
        portside.raw_sightings("cus_0", "subscription", "sub_1", **ADMIN)
    with pytest.raises(NoCustomer):
        portside.raw_objects("cus_9", **ADMIN)


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.FOUNDER])
def test_only_administrators_see_them(portside: Portside, role: Role) -> None:
    for ask in (
        lambda: portside.raw_objects("cus_0", roles={role}),
        lambda: portside.raw_sightings("cus_0", "subscription", "sub_0", roles={role}),
        lambda: portside.raw_body("evt_1", roles={role}),
    ):
        with pytest.raises(PermissionDenied):
            ask()


HIDING: dict[str, tuple[Any, Any]] = {
    "a client secret": ({"client_secret": "pi_1_secret_2"}, {"client_secret": HIDDEN}),
    "a secret under another name": ({"webhook_secret": "w"}, {"webhook_secret": HIDDEN}),
    "a session's address": (
        {"object": "billing_portal.session", "url": "https://x.test/1"},
        {"object": "billing_portal.session", "url": HIDDEN},
    ),
    "an address in a text": (
        {"note": "see https://billing.example/p/session/test_1 now"},
        {"note": f"see {HIDDEN} now"},
    ),
    "a checkout's address in a list": (
        {"urls": ["https://checkout.example/c/pay/cs_1#x"]},
        {"urls": [HIDDEN]},
    ),
    "an ordinary address stays": ({"url": "https://x.test/1"}, {"url": "https://x.test/1"}),
    "nothing to hide": ({"client_secret": None, "n": 1}, {"client_secret": None, "n": 1}),
}


@pytest.mark.parametrize(("given", "expected"), HIDING.values(), ids=HIDING.keys())
def test_what_acts_as_the_customer_is_hidden(given: Any, expected: Any) -> None:
    before = json.dumps(given)
    assert shown(given) == expected
    assert json.dumps(given) == before
