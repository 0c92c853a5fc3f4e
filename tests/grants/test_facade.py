"""Everything that the dashboard does, done as the role that it should have."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from lib.billing import REPORTS, DatabaseUnavailable, Filters, Portside, Role
from lib.billing.close import Closing
from lib.billing.domain.close import first_day, month_after
from lib.billing.domain.times import day_start, iso
from lib.billing.drain import Drain
from lib.billing.linking.sessions import LinkMaker
from lib.billing.links import LinkDesk
from lib.billing.requests import Requests
from lib.billing.store import audit, requests
from tests.grants.conftest import Roles
from tests.links.shopfront import Front, open_front, request
from tests.sandbox.shop import RETURN_URL
from tests.store.company import ingest_into

pytestmark = pytest.mark.postgres


@dataclass
class Opened:
    """A company whose events the receiver's role took in, and a desk as the dashboard's role."""

    front: Front
    portside: Portside
    customer: str


@pytest.fixture
def opened(roles: Roles) -> Iterator[Opened]:
    with open_front(roles.receiver) as front:
        customer, subscription = front.subscriber("basic")
        front.customer(name="Without a subscription", email="idle@example.com")
        front.shop.stripe.v1.subscriptions.update(subscription, {"cancel_at_period_end": True})
        front.deliver()
        store, maker = roles.dashboard, LinkMaker(front.gateway, return_url=RETURN_URL)
        links = LinkDesk(store=store, clock=front.now, setup=front.setup, maker=maker)
        yield Opened(
            front,
            Portside(store=store, clock=front.now, setup=front.setup, links=links),
            customer,
        )


def test_every_list_and_report_can_be_read(opened: Opened) -> None:
    portside = opened.portside
    filters = Filters(text="a")
    assert portside.freshness().failed == 0
    assert [money.currency for money in portside.overview().currencies] == ["usd"]
    assert len(portside.winding_down().rows) == 1
    assert portside.failed_payments().rows == ()
    assert portside.plan_mix(filters) is not None
    assert portside.plan_customers(filters) is not None
    [currency] = portside.mrr_currencies()
    line = portside.roll_forward(currency).lines[-1]
    assert portside.trend(currency).past[-1].amount_minor == line.closing_minor
    for part in ("new", "closing", "committed"):
        found = portside.receipts(part, currency, starts=line.starts, ends=line.ends)
        assert found.agrees
    assert portside.self_audit().ok
    assert portside.upgrades().total == len(portside.upgrade_paths()) == 0
    assert len(portside.upgrade_months(currency)) == 12
    week = next(week for week in portside.runway(currency).weeks if week.subscriptions)
    assert portside.leaving(currency, week.starts, week.ends).total == 1
    assert portside.outlook(currency).largest
    assert portside.month_to_close()
    for name in sorted(REPORTS):
        assert portside.report(name).name == name
    for name in ("entitlements", "winding-down", "mrr", "access-matrix"):
        assert portside.report(name, as_of=iso(opened.front.now()), policy="stripe").as_of
    for name in ("winding-down", "failed-payments", "plan-mix", "invoices"):
        assert portside.export(name, filters).name == name


def test_the_catalogue_can_be_compared_with_everybody(opened: Opened) -> None:
    portside = opened.portside
    assert portside.plan_prices(totals=True).lines
    assert portside.price_holders("price_none").total == 0
    assert portside.plan_findings(totals=False).told_by == "its events"
    key = portside.start_impact('default_plan = "free"', roles=[Role.SUPPORT])
    for _ in range(3_000):
        run = portside.impact_run(key)
        assert run is not None
        if run.state not in ("waiting", "running"):
            break
        time.sleep(0.01)
    assert (run.state, run.changed) == ("done", 1)


def test_invoices_can_be_read_and_their_lines_are_asked_of_stripe(
    opened: Opened, roles: Roles
) -> None:
    portside, front = opened.portside, opened.front
    [row] = portside.invoices().rows
    assert portside.declines_refused() is None
    assert [owed.currency for owed in portside.owed()] == ["usd"]
    assert portside.recovery() == portside.recovery(cash=True) == []
    assert portside.attempts(row.customer_id, row.invoice_id) is not None
    without = portside.invoice(row.invoice_id).lines
    assert "database role may not read the bodies" in (without.why_not or "")
    asking = Portside(
        store=roles.dashboard, clock=front.now, setup=front.setup, stripe=front.gateway
    ).invoice(row.invoice_id)
    assert asking.lines.lines is not None
    assert asking.lines.lines.off_by_minor == 0


def test_customers_are_found_and_explained(opened: Opened) -> None:
    portside, customer = opened.portside, opened.customer
    assert [hit.customer_id for hit in portside.search(customer).hits] == [customer]
    assert portside.find(customer) == [customer]
    assert portside.customer(customer).access.access
    assert portside.customer(customer, at=opened.front.now()).access.access
    assert "winding down" in portside.explain(customer)[0].sentence


def test_links_are_minted_followed_and_kept_in_the_audit(opened: Opened, roles: Roles) -> None:
    portside, customer = opened.portside, opened.customer
    assert portside.link_options(customer)
    minted = portside.mint_link(request(customer, "home"))
    assert minted.url.startswith(opened.front.shop.running.url)
    assert portside.link_progress(minted.link_id).outcome == "waiting"
    portside.record_audit("ann@example.com", "export", detail="winding-down")
    assert len(portside.report("links").rows) == 1
    with roles.dashboard.reading() as connection:
        assert audit.first_broken(connection) is None
        kept = connection.execute(text("SELECT action FROM audit ORDER BY audit_id")).scalars()
        assert list(kept) == ["link.requested", "link.minted", "export"]


def test_notes_the_audit_and_raw_objects_are_read_and_written(opened: Opened) -> None:
    portside, customer, admin = opened.portside, opened.customer, {Role.ADMIN}
    portside.add_note(customer, "Called back", staff="ann@example.com", roles=admin)
    assert portside.notes(customer, roles=admin).total == 1
    assert portside.timeline(customer, roles=admin, kinds=("note",)).total == 1
    assert portside.audit(roles=admin).rows[0].action == "note.added"
    assert portside.audit_chain(roles=admin).whole
    assert portside.check_audit(staff="ann@example.com", roles=admin).broken is None
    seen = portside.raw_objects(customer, roles=admin)[0]
    sighting = portside.raw_sightings(customer, seen.object_type, seen.object_id, roles=admin)[0]
    body = portside.raw_body(sighting.event_id, roles=admin)
    assert body.why_not == "The dashboard's database role may not read bodies."


def test_the_dashboard_asks_for_a_close_and_the_receiver_carries_it_out(
    opened: Opened, roles: Roles
) -> None:
    front, portside, who = opened.front, opened.portside, {Role.FINANCE}
    month = portside.closes().months[0].month
    day = first_day(month_after(month))
    later = day_start(day, "UTC") + 3 * 86_400
    reading = Portside(store=roles.dashboard, clock=lambda: later, setup=front.setup)
    reading.request_close(month, staff="fin@example.com", roles=who, reason="Quiet")
    closing = Closing(roles.receiver, lambda: later, front.setup)
    ingest = ingest_into(roles.receiver)
    drain = Drain(roles.receiver, ingest, clock=lambda: later)
    assert Requests(roles.receiver, drain, clock=lambda: later, closes=closing).round() == 1
    assert [item.month for item in reading.closes().months if item.state == "closed"] == [month]
    assert reading.closed_month(month).reports["mrr"]
    assert reading.restatements(month).total == 0
    assert reading.check_closes(staff="fin@example.com", roles=who).broken is None
    assert [row["month"] for row in reading.report("closes").rows] == [month]
    itself = Closing(roles.dashboard, lambda: later + 40 * 86_400, front.setup)
    with pytest.raises(DatabaseUnavailable, match="may not do this"):
        itself.close(month_after(month), staff="fin@example.com", anyway=True)


def test_its_own_tables_take_what_staff_write(roles: Roles) -> None:
    with roles.dashboard.writing() as connection:
        connection.execute(
            text(
                "INSERT INTO notes (customer_id, staff, created_at, body) "
                "VALUES ('cus_1', 'ann', 1, 'Called') RETURNING note_id"
            )
        )
        connection.execute(
            text(
                "INSERT INTO acknowledgements (subject, staff, reason, at, expires_at) "
                "VALUES ('drift:sub_1:status', 'ann', 'Known', 1, 2)"
            )
        )
        requests.add(connection, "ann", "check", "", None, 1)
    with roles.dashboard.reading() as connection:
        assert [asked.action for asked in requests.waiting(connection)] == ["check"]
