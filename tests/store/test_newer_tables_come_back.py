"""0008 to 0012 taken back and made again under a running installation's data."""

from __future__ import annotations

from sqlalchemy import inspect, select

from lib.billing.replay import replay
from lib.billing.store import migrate, tables
from lib.billing.store.engine import Store
from tests.outgoing.scene import DAY, Scene, newcomer, subscribed
from tests.outgoing.test_ledger import ended
from tests.store.company import derived
from tests.store.test_search_migration import move

NEWER = ("outgoing_told", "outgoing_events", "outgoing_deliveries", "deliveries", "notices")
NEWER += ("watches", "saved_views", "staff_choices")


def test_nothing_else_is_touched_and_nothing_old_is_told_again(store: Store) -> None:
    scene = Scene(store)
    scene.each([newcomer(), subscribed()])
    expected = derived(store)
    assert len(scene.told()) == 3
    with store.writing() as connection:
        connection.execute(
            tables.saved_views.insert().values(
                at=1, staff="ann", name="Mine", page="mrr", query="", shared=False, state="kept"
            )
        )
    move(store, "0007")
    with store.reading() as connection:
        assert not {*NEWER} & {*inspect(connection).get_table_names()}
    move(store, migrate.HEAD)
    assert derived(store) == expected
    with store.reading() as connection:
        assert connection.execute(select(tables.saved_views)).all() == []
    scene.notices.round()
    scene.each([newcomer(), subscribed()])
    replay(scene.ingest)
    scene.clock.move(DAY)
    scene.notices.round()
    assert scene.told() == []
    scene.take(ended(DAY))
    assert scene.types() == ["customer.agreement_cancelled", "entitlement.changed"]
