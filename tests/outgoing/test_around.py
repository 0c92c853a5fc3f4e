"""Outgoing events as those around them see them: staff, the doctor, Prometheus, the database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.billing import Portside, Role
from lib.billing.checks import outgoing as checks
from lib.billing.config import Settings
from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.errors import ConfigurationError, NoSuchObject, PermissionDenied, WrongUsage
from lib.billing.domain.times import iso
from lib.billing.drain import Drain
from lib.billing.http import make_app
from lib.billing.intake.gauges import Gauges
from lib.billing.intake.meters import Meters
from lib.billing.replay import replay
from lib.billing.requests import Requests
from lib.billing.settings.outgoing import Endpoint
from lib.billing.settings.setup import Setup
from lib.billing.store import migrate, tables
from lib.billing.store.engine import Store
from lib.billing.wiring import open_installation
from tests.grants.conftest import Roles, role_names, roles  # noqa: F401  (fixtures)
from tests.store.company import CATALOG, START
from tests.store.test_search_migration import move
from tests.stripe import shapes

from .product import Product, product
from .scene import DAY, HOUR, SHOP, Clock, Scene, at, newcomer, subscribed

CATALOG_FILE = Path(__file__).parents[2] / "catalog.toml"
ADMIN = frozenset({Role.ADMIN})


@pytest.fixture
def shop() -> Iterator[Product]:
    with product() as served:
        yield served


def portside_of(scene: Scene, store: Store) -> Portside:
    setup = Setup(catalog=CATALOG, outgoing=scene.endpoints)
    return Portside(store=store, clock=scene.clock, setup=setup)


def carry_out(scene: Scene, store: Store) -> None:
    Requests(store, Drain(store, scene.ingest, clock=scene.clock), clock=scene.clock).round()


@pytest.mark.postgres
def test_staff_send_a_dead_letter_again_each_role_with_its_own_rights(
    roles: Roles,  # noqa: F811
    shop: Product,
) -> None:
    scene = Scene(roles.receiver, [Endpoint("shop", shop.url)])
    desk = portside_of(scene, roles.dashboard)
    assert [(e.name, e.host, e.waiting) for e in desk.endpoints()] == [("shop", "127.0.0.1", 0)]
    scene.each([newcomer(), subscribed()])
    scene.notices.round()
    shop.status = 410
    scene.deliverer.round()
    (state,) = desk.endpoints()
    assert (state.dead, state.waiting, desk.health().dead_letters) == (3, 0, 3)
    page = desk.dead_letters(limit=2)
    assert (page.total, len(page.rows)) == (3, 2)
    letter = desk.dead_letters().rows[0]
    assert letter.reason == "It answered that it is gone for good (410)."

    number = desk.request_resend(letter.subject, staff="ann", roles=ADMIN)
    assert desk.request_resend(letter.subject, staff="ann", roles=ADMIN) == number
    shop.status = 200
    carry_out(scene, roles.receiver)
    done = desk.request_about(letter.subject, actions=("resend",))
    assert done is not None
    assert (done.state, done.outcome) == (
        "done",
        "1 event will be sent again to shop within seconds.",
    )
    scene.deliverer.round()
    assert shop.ids == [letter.event_id]
    desk.request_resend("@shop", staff="ann", roles=ADMIN)
    carry_out(scene, roles.receiver)
    scene.deliverer.round()
    (state,) = desk.endpoints()
    assert (state.dead, state.delivered, len(shop.ids)) == (0, 3, 3)


@pytest.mark.parametrize(
    ("subject", "error"),
    [("msg_9@shop", NoSuchObject), ("@shop", NoSuchObject), ("@crm", NoSuchObject)],
)
def test_what_is_no_dead_letter_cannot_be_asked_for(
    sqlite_store: Store, subject: str, error: type[Exception]
) -> None:
    scene = Scene(sqlite_store)
    scene.take(newcomer())
    with pytest.raises(error):
        portside_of(scene, sqlite_store).request_resend(subject, staff="ann", roles=ADMIN)


def test_an_agent_may_not_send_again(sqlite_store: Store) -> None:
    agent = frozenset({Role.SUPPORT})
    with pytest.raises(PermissionDenied):
        portside_of(Scene(sqlite_store), sqlite_store).request_resend(
            "@shop", staff="ann", roles=agent
        )
    with pytest.raises((WrongUsage, NoSuchObject)):
        portside_of(Scene(sqlite_store), sqlite_store).request_resend("", staff="a", roles=ADMIN)


def test_an_endpoint_that_was_removed_is_shown_while_it_is_owed_something(
    sqlite_store: Store,
) -> None:
    scene = Scene(sqlite_store)
    scene.take(newcomer())
    other = Endpoint("crm", "https://crm.example")
    desk = Portside(
        store=sqlite_store, clock=scene.clock, setup=Setup(catalog=CATALOG, outgoing=(other,))
    )
    assert [(e.name, e.host, e.waiting) for e in desk.endpoints()] == [
        ("crm", "crm.example", 0),
        ("shop", None, 1),
    ]


def test_an_endpoint_that_hears_nothing_is_told_to_staff_and_doctor(store: Store) -> None:
    scene = Scene(store, [Endpoint("shop", "http://127.0.0.1:9/")])
    scene.take(newcomer())
    scene.deliverer.round()
    health = portside_of(scene, store).health()
    assert health.untold_since == scene.clock()
    assert list(checks.arriving(store, scene.endpoints, _iso(scene))) == []
    scene.clock.move(5 * HOUR)
    (finding,) = checks.arriving(store, scene.endpoints, _iso(scene))
    assert finding.sentence == (
        "1 events wait, the oldest for 5 hours. Nobody answered at its address."
    )


def _iso(scene: Scene) -> str:

    return str(iso(scene.clock()))


def test_prometheus_is_told_by_endpoint(store: Store, shop: Product) -> None:
    scene = Scene(store, [Endpoint("shop", shop.url)])
    scene.each([newcomer("cus_1"), newcomer("cus_2")])
    scene.deliverer.round()
    shop.status = 410
    scene.take(subscribed("cus_1"))
    scene.deliverer.round()
    scene.take(subscribed("cus_2"))
    scene.clock.move(60)
    told = Meters(Gauges(store, scene.clock)).exposition()[0].decode()
    for line in (
        'portside_outgoing_waiting{endpoint="shop"} 2.0',
        'portside_outgoing_dead{endpoint="shop"} 2.0',
        'portside_outgoing_delivered_total{endpoint="shop"} 2.0',
        'portside_outgoing_oldest_seconds{endpoint="shop"} 60.0',
    ):
        assert line in told


def test_the_report_has_a_row_an_event_and_endpoint(store: Store) -> None:
    scene = Scene(store, [SHOP, Endpoint("crm", "https://crm.example")])
    scene.take(newcomer())
    rows = portside_of(scene, store).report("outgoing").rows
    assert [(r["endpoint"], r["type"], r["state"], r["attempts"]) for r in rows] == [
        ("crm", "subscriber.created", "waiting", 0),
        ("shop", "subscriber.created", "waiting", 0),
    ]


def test_the_schema_goes_back_and_forth_and_a_replay_tells_nothing(store: Store) -> None:
    scene = Scene(store)
    scene.each([newcomer(), subscribed()])
    assert len(scene.told()) == 3
    move(store, "0007")
    move(store, migrate.HEAD)
    again = Scene(store, clock=scene.clock)
    again.notices.round()
    replay(again.ingest)
    assert again.told() == []
    with store.reading() as connection:
        told = connection.execute(tables.outgoing_told.select()).one()
    assert json.loads(told.state)["plan"] == "pro"


MOVED = """
default_plan = "free"
[features.api]
name = "API access"
[plans.starter]
rank = 10
features = ["api"]
limits = { seats = 3 }
[[plans.starter.prices]]
lookup_key = "starter_monthly"
[plans.pro]
rank = 20
features = ["api"]
[[plans.pro.prices]]
lookup_key = "pro_monthly"
"""


def test_a_flag_that_moves_to_another_plan_is_told_by_the_replay_that_gives_it(
    store: Store,
) -> None:
    scene = Scene(store)
    scene.each([newcomer("cus_1"), subscribed("cus_1", plan="starter")])
    scene.each([newcomer("cus_2"), subscribed("cus_2", plan="pro")])
    before = len(scene.told())
    scene.clock.move(DAY)
    moved = Scene(store, catalog=parse_catalog(MOVED), clock=scene.clock)
    replay(moved.ingest)
    replay(moved.ingest)
    news = [e for e in moved.told() if e["data"].get("changed") == ["features"]]
    assert [(e["data"]["customer_id"], e["data"]["features"]) for e in news] == [("cus_1", ["api"])]
    assert len(moved.told()) == before + 1


@pytest.mark.parametrize("first", ["a webhook about a price", "the refold", "a change of theirs"])
def test_a_flag_that_moves_is_told_once_to_who_was_quiet_since_before_outgoing_began(
    store: Store, first: str
) -> None:
    """`catalog apply` makes Stripe tell of prices, and that may come before the refold does."""
    Scene(store, []).each([newcomer(), subscribed(plan="starter")])
    clock = Clock(START + DAY)
    Scene(store, clock=clock).notices.round()
    moved = Scene(store, catalog=parse_catalog(MOVED), clock=clock)
    if first == "a webhook about a price":
        sold = shapes.price("price_starter", lookup_key="starter_monthly", nickname="Renamed")
        moved.take(at(DAY + 10, "price.updated", sold))
    elif first == "a change of theirs":
        moved.take(at(DAY + 10, "customer.updated", shapes.customer(id="cus_1", name="B")))
    for _ in range(2):
        moved.ingest.refold(["cus_1"])
        moved.notices.round()
    (told,) = moved.told()
    assert (told["type"], told["data"]["changed"]) == ("entitlement.changed", ["features"])
    assert told["data"]["features"] == ["api"]


def test_an_endpoint_without_a_secret_keeps_serve_from_starting(tmp_path: Path) -> None:
    config = tmp_path / "portside.toml"
    config.write_text('[[outgoing]]\nname = "shop"\nurl = "https://shop.example"\n')
    given = {
        "PORTSIDE_DATABASE_URL": f"sqlite:///{tmp_path / 'p.db'}",
        "PORTSIDE_CONFIG": str(config),
        "PORTSIDE_CATALOG": str(CATALOG_FILE),
    }
    installation = open_installation(Settings.load(given))
    assert installation.teller is not None
    with pytest.raises(ConfigurationError, match="no secret for the endpoint 'shop'"):
        make_app(installation)
    installation.close()


def test_what_is_so_again_within_a_second_is_told_again_under_another_id(store: Store) -> None:
    scene = Scene(store)
    scene.each([newcomer(), subscribed(plan="starter")])
    before = len(scene.told())
    moved = Scene(store, catalog=parse_catalog(MOVED), clock=scene.clock)
    for each in (moved, scene, moved):
        replay(each.ingest)
    news = [event["data"]["features"] for event in scene.told()[before:]]
    assert news == [["api"], [], ["api"]]


def test_a_batch_that_fails_tells_nothing(store: Store) -> None:
    scene = Scene(store)
    broken = subscribed() | {"id": "evt_broken"}
    broken["data"]["object"]["items"] = 7
    scene.take(newcomer(), broken)
    assert scene.types() == ["subscriber.created"]
    scene.take(newcomer(), subscribed())
    assert len(scene.told()) == 3
