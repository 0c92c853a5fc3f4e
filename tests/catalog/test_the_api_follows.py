"""A flag moves from Pro to Starter: impact says who gains, apply, and the API follows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lib.billing.client import PortsideClient
from lib.billing.store import meta
from lib.billing.store.engine import Store
from tests.api.product import READS
from tests.catalog.conftest import SOLD, Seller
from tests.catalog.deployed import ANALYTICS_IN_STARTER, Deployed, serving, wait_until
from tests.http.serving import Sender


@pytest.fixture
def deployed(seller: Seller, store: Store, tmp_path: Path) -> Iterator[Deployed]:
    made = Deployed(store, tmp_path, seller.now(), seller.running.url)
    yield made
    made.close()


def deliver(seller: Seller, sender: Sender) -> None:
    """Every event so far, as a webhook."""
    for page in seller.gateway.list_objects("events"):
        for event in page.objects:
            assert sender.deliver(event).status_code == 200


def asked(sender: Sender, path: str, **headers: str) -> Any:
    return sender.client.get(f"/v1/entitlements/{path}", headers=headers)


def test_the_file_is_edited_applied_and_the_api_follows_without_a_restart(
    seller: Seller, deployed: Deployed
) -> None:
    assert len(deployed.apply(SOLD).done) == 10
    with (
        serving(deployed.process()) as sender,
        PortsideClient(str(sender.client.base_url), READS) as client,
    ):
        starter = seller.subscribe("starter_monthly")
        pro = seller.subscribe("pro_monthly", "bob@example.com")
        deliver(seller, sender)

        def has(customer_id: str) -> bool:
            return bool(asked(sender, f"{customer_id}/features/analytics").json()["enabled"])

        assert (has(starter), has(pro)) == (False, True)
        assert not client.has(starter, "analytics")
        tag = asked(sender, starter).headers["etag"]
        keys = sender.client.get("/.well-known/jwks.json").json()
        assert asked(sender, starter, **{"If-None-Match": tag}).status_code == 304

        # Edited and not applied: nothing that runs takes notice.
        deployed.write(ANALYTICS_IN_STARTER)
        impact = deployed.process().catalogue.impact()
        changes = {each.customer_id: (each.gained, each.lost) for each in impact}
        assert changes == {starter: (("analytics",), ()), pro: ((), ("analytics",))}
        assert (has(starter), has(pro)) == (False, True)
        assert asked(sender, starter, **{"If-None-Match": tag}).status_code == 304

        done = deployed.apply().done
        assert [d.step.action for d in done] == ["feature.attach", "feature.detach"]
        wait_until(lambda: has(starter) and not has(pro))
        changed = asked(sender, starter, **{"If-None-Match": tag})
        assert (changed.status_code, changed.json()["features"]) == (200, ["analytics", "projects"])
        client.forget()  # what it was allowed to keep for half a minute
        assert client.has(starter, "analytics")
        assert "analytics" in client.verify(client.token(starter)).features
        assert sender.client.get("/.well-known/jwks.json").json() == keys
        assert wait_until(lambda: deployed.kept(meta.REFOLD_LEFT) is None)

        written = len(seller.made)
        assert deployed.apply().done == ()
        assert len(seller.made) == written
