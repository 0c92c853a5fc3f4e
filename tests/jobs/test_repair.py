"""Asked for on the Sync page, carried out by the receiver, each with its own database role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from lib.billing import Portside, Role
from lib.billing.domain.findings import FindingFilters
from lib.billing.drain import Drain
from lib.billing.intake.gauges import Gauges
from lib.billing.intake.meters import Meters
from lib.billing.reconcile import Reconcile
from lib.billing.requests import Requests
from tests.grants.conftest import Roles, role_names, roles  # noqa: F401  (fixtures)
from tests.jobs.failing import BROKEN
from tests.links.shopfront import Front, open_front
from tests.store.company import derived, inbox_states

pytestmark = pytest.mark.postgres

ADMIN = frozenset({Role.ADMIN})
OPEN = FindingFilters()


@dataclass
class Service:
    """A company at a real local Stripe: the dashboard's facade, and the receiver's job."""

    front: Front
    roles: Roles
    portside: Portside
    customer: str

    def carry_out(self) -> tuple[str, str]:
        """Do what waits; state and outcome of the latest request as the Sync page shows them."""
        store, front = self.roles.receiver, self.front
        reconcile = Reconcile(store, front.ingest, front.gateway, clock=front.now)
        drain = Drain(store, front.ingest, clock=front.now)
        Requests(store, drain, clock=front.now, reconciles=reconcile).round()
        latest = self.portside.requests()[0]
        return latest.state, str(latest.outcome)

    def scraped(self) -> str:
        return Meters(Gauges(self.roles.receiver, self.front.now)).exposition()[0].decode()

    def spoil(self, statement: str) -> None:
        with self.roles.owner.writing() as connection:
            connection.execute(text(statement))


@pytest.fixture
def service(roles: Roles) -> Iterator[Service]:  # noqa: F811
    with open_front(roles.receiver) as front:
        customer, _ = front.subscriber("basic")
        portside = Portside(store=roles.dashboard, clock=front.now, setup=front.setup)
        yield Service(front, roles, portside, customer)


def test_a_hand_edited_row_is_found_and_repaired(service: Service) -> None:
    portside, customer = service.portside, service.customer
    rows = derived(service.roles.owner)
    service.spoil("UPDATE subscriptions SET status = 'canceled', live = false")

    portside.request_check(customer, staff="ann", roles=ADMIN)
    state, outcome = service.carry_out()
    assert (state, outcome.startswith("1 customer compared, ")) == ("done", True)
    assert portside.findings(OPEN).total >= 1
    assert "portside_findings_open{cause=" in service.scraped()
    assert derived(service.roles.owner) != rows, "a check repairs nothing"

    portside.request_repair(customer, staff="ann", roles=ADMIN, reason="Customer called")
    state, outcome = service.carry_out()
    assert (state, ", 0 repaired" in outcome) == ("done", False)
    assert derived(service.roles.owner) == rows
    assert portside.findings(OPEN).total == 0

    portside.request_check(customer, staff="ann", roles=ADMIN)
    assert service.carry_out() == ("done", "1 customer compared, 0 differences found.")


def test_a_finding_is_acknowledged_with_the_dashboards_role(service: Service) -> None:
    service.spoil("UPDATE subscriptions SET plan = 'gold'")
    service.portside.request_check(staff="ann", roles=ADMIN)
    service.carry_out()
    (item,) = service.portside.findings(OPEN).rows
    service.portside.acknowledge(
        item.finding.subject,
        staff="ann",
        roles=ADMIN,
        reason="Known",
        days=3,
    )
    scraped = service.scraped()
    assert "portside_findings_acknowledged 1.0" in scraped
    assert "portside_reconcile_age_seconds 0.0" in scraped


def test_a_failed_event_is_retried_and_then_ignored(service: Service) -> None:
    portside = service.portside
    service.front.ingest.apply([BROKEN], "webhook")
    assert [event.event_id for event in portside.failed_events().rows] == ["evt_bad"]
    portside.request_retry("evt_bad", staff="ann", roles=ADMIN)
    state, outcome = service.carry_out()
    assert (state, outcome.startswith("It failed again: ")) == ("failed", True)
    portside.request_ignore("evt_bad", staff="ann", roles=ADMIN, reason="An old test")
    assert service.carry_out() == ("done", "It is ignored from now on.")
    assert inbox_states(service.roles.owner)["evt_bad"] == "ignored"
    assert portside.health().failed == portside.failed_events().total == 0
    assert portside.deliveries() is not None
