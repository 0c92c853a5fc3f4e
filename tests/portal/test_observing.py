"""What events have told of the portal, and which configuration links take."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
import structlog
from sqlalchemy import select

from lib.billing.linking.sessions import LinkMaker
from lib.billing.store.engine import Store
from lib.billing.store.tables import portal_configurations
from tests.cut import first
from tests.portal.conftest import ADMIN, Kept
from tests.store.company import ingest_into
from tests.stripe import shapes


@pytest.fixture
def known(kept: Kept) -> Kept:
    """Everything that happened so far has arrived."""
    kept.front.deliver()
    return kept


def test_drift_is_seen_from_its_event_without_asking(known: Kept) -> None:
    known.apply()
    assert [group.action for group in known.desk().observed().groups] == ["create"]
    known.front.deliver()
    told = known.desk(portals=None)
    assert told.observed().clean

    known.front.pass_time(60)
    edit = {"features": {"subscription_cancel": {"enabled": True, "mode": "immediately"}}}
    known.portals.update(known.managed()[0].id, edit)
    assert told.observed().clean
    known.front.deliver()
    (group,) = told.observed().groups
    assert [(c.field, c.live, c.wanted) for c in group.changes] == [
        ("cancel_mode", "immediately", "at_period_end")
    ]
    assert told.observed().warnings[0].level == "red"


def test_prices_that_were_never_seen_are_not_taken_for_missing(kept: Kept, store: Store) -> None:
    kept.apply()
    created = next(
        event
        for page in kept.front.gateway.list_objects("events")
        for event in page.objects
        if event["type"] == "billing_portal.configuration.created"
        and event["data"]["object"]["metadata"]
    )
    ingest_into(store).apply([created])
    told = kept.desk()
    told._store = store
    assert [group.changes for group in told.observed().groups] == [()]


def _rows(store: Store) -> list[tuple[object, ...]]:
    with store.reading() as connection:
        return sorted(tuple(row) for row in connection.execute(select(portal_configurations)))


@pytest.mark.parametrize("seed", first(2, range(4)))
def test_events_of_configurations_may_come_in_any_order(store: Store, seed: int) -> None:
    made = shapes.portal_configuration()
    cancel = made["features"]["subscription_cancel"]
    at_once = made["features"] | {"subscription_cancel": cancel | {"mode": "immediately"}}
    states = [made, made | {"features": at_once}, made, made | {"name": "Mine"}]
    events = [shapes.event("billing_portal.configuration.created", made, id="evt_0")]
    for number, (old, new) in enumerate(pairwise(states), 1):
        changed = {key: old[key] for key in old if old[key] != new[key]}
        event = shapes.event(
            "billing_portal.configuration.updated", new, changed, id=f"evt_{number}"
        )
        events.append(event | {"created": event["created"] + number // 2})
    random.Random(seed).shuffle(events)
    ingest_into(store).apply([*events, events[0]], batch=2)
    ((_, state, last, deleted),) = _rows(store)
    assert '"name":"Mine"' in str(state)
    assert '"cancel_mode":"at_period_end"' in str(state)
    assert (last, deleted) == (shapes.NOW + 1, False)


def test_a_link_takes_the_managed_configuration_of_the_plan_group(known: Kept) -> None:
    front = known.front
    customer, _ = front.subscriber("pro")
    maker = LinkMaker(front.gateway, return_url="https://app.example/")
    before = maker.configuration("core")
    assert before is not None
    assert before.is_default
    known.desk(changed=maker.forget).apply(staff="ann", roles=ADMIN)
    after = maker.configuration("core")
    assert after is not None
    assert after.id == known.managed()[0].id

    front.mint(customer, "home")
    session = next(e for e in front.shop.events if e.type == "billing_portal.session.created")
    assert session.data.object.configuration == after.id


def test_the_start_of_serve_says_in_its_log_what_needs_somebody(
    known: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    structlog.reset_defaults()  # a program that another test started has its log elsewhere
    known.apply()
    known.desk().watch()
    assert "portal" not in capsys.readouterr().out
    known.front.pass_time(60)
    edit = {"features": {"subscription_cancel": {"enabled": True, "mode": "immediately"}}}
    known.portals.update(known.managed()[0].id, edit)
    known.desk().watch()
    said = capsys.readouterr().out
    assert "customers lose at once" in said
    assert "cancel_mode" in said
