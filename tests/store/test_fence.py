"""A version writes only to a database whose rows it keeps right."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from lib.billing.config import Settings
from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.errors import DatabaseUnavailable
from lib.billing.domain.fold import Rules
from lib.billing.ingest import Ingest
from lib.billing.refold import Refold
from lib.billing.store import migrate
from lib.billing.store.engine import Store
from lib.billing.store.fence import EVERY, TOO_OLD, Fence, look
from lib.billing.store.turns import Turns
from lib.billing.wiring import open_installation, open_writer
from tests.http.serving import receiver
from tests.jobs.failing import customer
from tests.store.company import START, inbox_states, ingest_into
from tests.store.test_every_migration import move

pytestmark = pytest.mark.alone
NEWER = "9999"
ROOT = Path(__file__).parents[2]


def upgraded_by_a_newer_version(store: Store, *, revision=NEWER, writers_from=NEWER):
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
        connection.execute(text("DELETE FROM meta WHERE key = 'writers_from'"))
        if writers_from:
            connection.execute(
                text("INSERT INTO meta (key, value) VALUES ('writers_from', :w)"),
                {"w": writers_from},
            )


def refusal(store: Store) -> str | None:
    try:
        look(store)
    except DatabaseUnavailable as error:
        return error.code
    return None


CASES = {
    "its own": (migrate.HEAD, "0013", None),
    "its own, which nobody said a word about": (migrate.HEAD, None, None),
    "an older one": ("0012", "0012", "not_migrated"),
    "a newer one that only adds": (NEWER, "0013", None),
    "a newer one that changes what writers keep": (NEWER, NEWER, TOO_OLD),
    "its own, which is about to be upgraded": (migrate.HEAD, NEWER, TOO_OLD),
}


@pytest.mark.parametrize(
    ("revision", "writers_from", "code"), CASES.values(), ids=[f"over {name}" for name in CASES]
)
def test_whether_this_version_may_write(sqlite_store, revision, writers_from, code):
    upgraded_by_a_newer_version(sqlite_store, revision=revision, writers_from=writers_from)
    assert refusal(sqlite_store) == code


def test_a_migrated_database_says_from_which_version_on_writers_are_right(store):
    with store.reading() as connection:
        found = migrate.standing(connection)
    assert found.revision == migrate.HEAD
    assert found.writers_from == migrate.oldest_writer() <= migrate.HEAD


def test_one_look_serves_for_a_second_and_a_refusal_for_none(sqlite_store):
    now = [100.0]
    fence = Fence(sqlite_store, ticks=lambda: now[0])
    fence.check()
    upgraded_by_a_newer_version(sqlite_store)
    fence.check()
    now[0] += EVERY
    for _ in range(2):
        with pytest.raises(DatabaseUnavailable):
            fence.check()
    upgraded_by_a_newer_version(sqlite_store, writers_from=None)
    fence.check()


def test_no_job_has_its_turn(sqlite_store):
    turns = Fence(sqlite_store, every=0).turns(Turns(sqlite_store))
    with turns.taken("drain") as mine:
        assert mine
    upgraded_by_a_newer_version(sqlite_store)
    with pytest.raises(DatabaseUnavailable), turns.taken("drain"):
        raise AssertionError("it has none")
    turns.close()


class UpgradedMeanwhile(Ingest):
    """The database is, behind the first customer that is folded."""

    folded = 0

    def refold(self, customer_ids, *, left=None):
        changed = super().refold(customer_ids, left=left)
        self.folded += len(customer_ids)
        upgraded_by_a_newer_version(self.store)
        return changed


def test_folding_everybody_ends_where_the_database_is_upgraded(sqlite_store):
    ingest_into(sqlite_store).apply([customer(n) for n in range(4)])
    rules = Rules(parse_catalog('default_plan = "free"'))
    ingest = UpgradedMeanwhile(sqlite_store, rules, clock=lambda: START)
    with pytest.raises(DatabaseUnavailable, match="Start the version that upgraded it"):
        Refold(sqlite_store, ingest, lambda: True, at_once=1, breath=0).round()
    assert ingest.folded == 1


def test_an_old_receiver_takes_nothing_after_the_upgrade_and_says_so(store):
    with receiver(store) as sender:
        assert sender.deliver(customer(1)).status_code == 200
        upgraded_by_a_newer_version(store)
        while sender.deliver(customer(2)).status_code == 200:
            pass
        refused, ready = sender.deliver(customer(3)), sender.client.get("/readyz")
        health = sender.client.get("/healthz")
    assert (refused.status_code, refused.json()["code"]) == (503, TOO_OLD)
    assert (ready.status_code, ready.json()["status"]) == (503, "too_old")
    assert health.status_code == 200
    assert set(inbox_states(store)) <= {"evt_0001", "evt_0002"}


def test_an_older_version_does_not_migrate_and_says_what_to_start(store):
    upgraded_by_a_newer_version(store)
    with pytest.raises(DatabaseUnavailable, match="upgraded by a newer one") as refused:
        migrate.upgrade(store)
    assert refused.value.code == TOO_OLD


@contextmanager
def another_session(store):
    with store.engine.connect() as other:
        other.execute(text("SELECT 1"))
        other.commit()
        yield


def test_older_writers_are_told_before_anything_is_changed(postgres_store):
    move(postgres_store, "0012", up=False)
    with postgres_store.writing() as connection:
        connection.execute(text("UPDATE meta SET value = '0012' WHERE key = 'writers_from'"))
    told = []

    def wait(seconds):
        with postgres_store.reading() as connection:
            told.append((seconds, migrate.standing(connection)))

    with another_session(postgres_store):
        migrate.upgrade(postgres_store, wait=wait)
    (waited,) = told
    assert waited == (migrate.GRACE, migrate.Standing("0012", migrate.oldest_writer()))
    assert migrate.GRACE > 2 * EVERY
    assert refusal(postgres_store) is None


def test_a_migration_that_fails_lets_older_writers_go_on(postgres_store):
    move(postgres_store, "0012", up=False)
    with postgres_store.writing() as connection:
        connection.execute(text("UPDATE meta SET value = '0012' WHERE key = 'writers_from'"))
        # What the migration is to make is there already.
        connection.execute(text("CREATE INDEX ix_subscriptions_paying ON subscriptions (status)"))
    with another_session(postgres_store), pytest.raises(Exception, match="ix_subscriptions"):
        migrate.upgrade(postgres_store, wait=lambda _: None)
    with postgres_store.reading() as connection:
        assert migrate.standing(connection) == migrate.Standing("0012", "0012")


def test_a_migration_waits_for_who_is_writing(postgres_store):
    move(postgres_store, "0012", up=False)
    begun, ended = threading.Event(), []
    other = Store(postgres_store.url.render_as_string(hide_password=False))

    def writes():
        with other.writing() as connection:
            connection.execute(text("UPDATE inbox SET error = error"))
            begun.set()
            connection.execute(text("SELECT pg_sleep(0.5)"))
            ended.append("writing")

    writer = threading.Thread(target=writes)
    writer.start()
    begun.wait(30)
    migrate.upgrade(postgres_store, wait=lambda _: None)
    ended.append("upgrade")
    writer.join()
    other.close()
    assert ended == ["writing", "upgrade"]


def test_a_command_that_writes_refuses_and_one_that_reads_goes_on(postgres_store):
    url = postgres_store.url.render_as_string(hide_password=False)
    settings = Settings.load(
        {"PORTSIDE_DATABASE_URL": url, "PORTSIDE_CATALOG": str(ROOT / "catalog.toml")}
    )
    upgraded_by_a_newer_version(postgres_store)
    with pytest.raises(DatabaseUnavailable, match="Start the version that upgraded it"):
        open_writer(settings)
    reading = open_installation(settings)
    assert reading.portside.freshness().watermark >= 0
    reading.close()
