"""Asked for on the dashboard, carried out by the receiver: a repair against a real local Stripe."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from lib.billing.drain import Drain
from lib.billing.intake.gauges import Gauges
from lib.billing.intake.meters import Meters
from lib.billing.reconcile import Reconcile
from lib.billing.requests import Requests
from lib.billing.store import requests
from lib.billing.store.acknowledgements import acknowledge
from tests.grants.conftest import Roles, role_names, roles  # noqa: F401  (fixtures)
from tests.links.shopfront import Front, open_front
from tests.store.company import derived

pytestmark = pytest.mark.postgres


def carry_out(front: Front, roles: Roles, action: str, subject: str) -> str:  # noqa: F811
    """Asked as the dashboard's role, done as the receiver's; the outcome that is then shown."""
    with roles.dashboard.writing() as connection:
        requests.add(connection, "ann", action, subject, "Customer called", front.now())
    reconcile = Reconcile(roles.receiver, front.ingest, front.gateway, clock=front.now)
    drain = Drain(roles.receiver, front.ingest, clock=front.now)
    Requests(roles.receiver, drain, clock=front.now, reconciles=reconcile).round()
    with roles.dashboard.reading() as connection:
        row = connection.execute(
            text("SELECT state, outcome FROM requests ORDER BY request_id DESC LIMIT 1")
        ).one()
    assert row.state == "done", row.outcome
    return str(row.outcome)


def test_a_hand_edited_row_is_found_and_repaired(roles: Roles) -> None:  # noqa: F811
    with open_front(roles.receiver) as front:
        customer, _ = front.subscriber("basic")
        rows = derived(roles.owner)
        with roles.owner.writing() as connection:
            connection.execute(text("UPDATE subscriptions SET status = 'canceled', live = false"))
        found = carry_out(front, roles, "check", customer)
        assert found.startswith("1 customer compared, ")
        assert " 0 differences" not in found
        scraped = Meters(Gauges(roles.receiver, front.now)).exposition()[0].decode()
        assert "portside_findings_open{cause=" in scraped
        assert derived(roles.owner) != rows, "a check repairs nothing"
        repaired = carry_out(front, roles, "repair", customer)
        assert ", 0 repaired" not in repaired
        assert derived(roles.owner) == rows
        assert carry_out(front, roles, "check", customer) == (
            "1 customer compared, 0 differences found."
        )


def test_the_dashboard_may_acknowledge_what_it_sees(roles: Roles) -> None:  # noqa: F811
    with open_front(roles.receiver) as front:
        customer, _ = front.subscriber("basic")
        with roles.owner.writing() as connection:
            connection.execute(text("UPDATE subscriptions SET plan = 'gold'"))
        carry_out(front, roles, "check", customer)
        with roles.dashboard.writing() as connection:
            subject = connection.execute(text("SELECT subject FROM findings")).scalars().first()
            now = front.now()
            acknowledge(
                connection,
                str(subject),
                staff="ann",
                reason="Known",
                at=now,
                expires_at=now + 86_400,
            )
        scraped = Meters(Gauges(roles.receiver, front.now)).exposition()[0].decode()
    assert "portside_findings_acknowledged 1.0" in scraped
