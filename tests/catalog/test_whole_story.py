"""One story from end to end over HTTP: an empty Stripe, the pricing page, paying, a flag that is
on, the flag moved in the file, who is concerned, applied; and the API and the product follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from lib.billing.store import meta
from lib.billing.store.engine import Store
from lib.billing.store.tables import outgoing_events
from tests.api.product import WRITES
from tests.catalog.conftest import SOLD, Seller
from tests.catalog.deployed import ANALYTICS_IN_STARTER, Deployed, serving, wait_until
from tests.http.serving import Sender
from tests.outgoing.product import SECRET, Product, product
from tests.sandbox.shop import Visitor

CARD = "4242 4242 4242 4242"


@pytest.fixture
def deployed(seller: Seller, store: Store, tmp_path: Path) -> Iterator[Deployed]:
    made = Deployed(store, tmp_path, seller.now(), seller.running.url)
    yield made
    made.close()


def link(sender: Sender, org: str) -> str:
    """The pricing page of a member of ``org``, as this receiver has it."""
    body = {"org": org, "member": "mem_1", "permissions": ["org:write:billing"]}
    headers = {"Authorization": f"Bearer {WRITES}"}
    answer = sender.client.post("/v1/pricing-links", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    parts = urlsplit(answer.json()["url"])
    return f"{parts.path}?{parts.query}"


def start(sender: Sender, page: str, lookup_key: str) -> str:
    """Where pressing a button of the page leads."""
    parts = urlsplit(page)
    form = {"lookup_key": lookup_key, "t": parts.query.removeprefix("t=")}
    answer = sender.client.post(f"{parts.path}/start", data=form)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def pay(seller: Seller, url: str) -> None:
    visitor = Visitor(seller.running.url).open(url)
    visitor.press(visitor.buttons[-1], email="ada@example.com", name="Ada", **visitor.card(CARD))


def deliver(seller: Seller, sender: Sender) -> None:
    for page in seller.gateway.list_objects("events"):
        for event in page.objects:
            assert sender.deliver(event).status_code == 200


def of(shop: Product, customer_id: str) -> Counter[str]:
    """How often the product was told what of a customer."""
    return Counter(
        event["type"] for event in shop.taken if event["data"]["customer_id"] == customer_id
    )


def test_from_an_empty_stripe_over_the_pricing_page_to_a_flag_that_moves(
    seller: Seller, deployed: Deployed
) -> None:
    assert deployed.apply(SOLD).done
    with product() as shop:
        business = f'[[outgoing]]\nname = "shop"\nurl = "{shop.url}"\n'
        process = deployed.process(
            PORTSIDE_CONFIG=str(deployed.write(business, "portside.toml")),
            PORTSIDE_OUTGOING_SECRET=f"shop={SECRET}",
            PORTSIDE_RETURN_KEY="k" * 32,
            PORTSIDE_RETURN_URL="https://billing.example/return",
        )
        with serving(process) as sender:

            def asked(org: str, path: str = "") -> Any:
                return sender.client.get(f"/v1/entitlements/{org}{path}").json()

            def has(org: str) -> bool:
                return bool(asked(org, "/features/analytics").get("enabled"))

            for org, key in (("org_pro", "pro_monthly"), ("org_starter", "starter_monthly")):
                page = link(sender, org)
                assert f'value="{key}"' in sender.client.get(page).text
                pay(seller, start(sender, page, key))
            deliver(seller, sender)
            assert (has("org_pro"), has("org_starter")) == (True, False)
            pro, starter = (asked(org)["customer_id"] for org in ("org_pro", "org_starter"))
            wait_until(lambda: of(shop, pro)["entitlement.changed"] == 1)
            wait_until(lambda: of(shop, starter)["entitlement.changed"] == 1)

            open_page = link(sender, "org_late")  # in somebody's browser while it is applied
            deployed.write(ANALYTICS_IN_STARTER)
            impact = deployed.process().catalogue.impact()
            assert {each.customer_id: (each.gained, each.lost) for each in impact} == {
                starter: (("analytics",), ()),
                pro: ((), ("analytics",)),
            }
            assert (has("org_pro"), has("org_starter")) == (True, False)
            deployed.apply()
            wait_until(lambda: has("org_starter") and not has("org_pro"))
            wait_until(lambda: deployed.kept(meta.REFOLD_LEFT) is None)
            wait_until(lambda: of(shop, pro)["entitlement.changed"] == 2)
            wait_until(lambda: of(shop, starter)["entitlement.changed"] == 2)

            # What was open stays good, and is answered by the new catalogue.
            shown = sender.client.get(open_page)
            assert shown.status_code == 200
            assert shown.text.count("Advanced analytics") == 1
            pay(seller, start(sender, open_page, "starter_monthly"))
            deliver(seller, sender)
            assert has("org_late")
            late = asked("org_late")["customer_id"]
            wait_until(lambda: of(shop, late)["entitlement.changed"] == 1)
            process.ingest.refold([pro, starter, late])
            deliver(seller, sender)

    told = [event["data"] for event in shop.taken if event["type"] == "entitlement.changed"]
    gained, lost = (
        [each for each in told if each["customer_id"] == name][-1] for name in (starter, pro)
    )
    assert (gained["changed"], gained["features"]) == (["features"], ["analytics", "projects"])
    assert (lost["changed"], lost["features"]) == (["features"], ["projects"])
    assert shop.repeated() == []
    with deployed.store.reading() as connection:
        made = connection.execute(select(func.count()).select_from(outgoing_events)).scalar_one()
    assert made == len(shop.taken), "nothing waits to be told once more"
    for numbers in shop.sequences().values():
        assert numbers == list(range(1, len(numbers) + 1))
    for name, times in ((pro, 2), (starter, 2), (late, 1)):
        assert of(shop, name)["entitlement.changed"] == times
        assert of(shop, name)["customer.plan_assigned"] == 1
