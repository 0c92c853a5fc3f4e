"""What each role may do, asked of a real PostgreSQL as that role."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lib.billing.domain.errors import ConfigurationError, DatabaseUnavailable, WrongUsage
from lib.billing.domain.search import wanted
from lib.billing.drain import Drain
from lib.billing.prune import prune
from lib.billing.replay import replay
from lib.billing.requests import Requests
from lib.billing.store import grants, migrate, requests, tables
from lib.billing.store.engine import Store
from lib.billing.store.queries.search import matching_customers
from lib.billing.store.turns import Turns
from tests.grants.conftest import Roles, as_role
from tests.jobs.failing import BROKEN, GOOD, Bench
from tests.jobs.test_requests import Comparing
from tests.store.company import START, company, derived, inbox_states, ingest_into

pytestmark = pytest.mark.postgres

DAY = 86_400
EVERY_TABLE = sorted(tables.metadata.tables)
OWN = {"audit", "notes", "acknowledgements", "requests", "saved_views", "staff_choices"}
SIGNED = {"closes", "closed_movements"}


def refused(store: Store, statement: str) -> bool:
    """Whether PostgreSQL says that the role may not."""
    try:
        with store.writing() as connection:
            connection.execute(text(statement))
    except DatabaseUnavailable as error:
        return error.code == "database_not_allowed"
    except DBAPIError:
        return False  # it may, and only the values were wrong
    return False


def spoilt(name: str) -> dict[str, str]:
    """Every way to write the table ``name``."""
    first = next(iter(tables.metadata.tables[name].columns)).name
    return {
        "INSERT": f"INSERT INTO {name} DEFAULT VALUES",
        "UPDATE": f'UPDATE {name} SET "{first}" = "{first}"',
        "DELETE": f"DELETE FROM {name}",
        "TRUNCATE": f"TRUNCATE {name}",
    }


def may(store: Store, name: str) -> set[str]:
    return {verb for verb, statement in spoilt(name).items() if not refused(store, statement)}


def test_the_dashboard_can_write_nothing_that_it_does_not_own(roles: Roles) -> None:
    rights = {name: may(roles.dashboard, name) for name in EVERY_TABLE}
    assert {name: verbs for name, verbs in rights.items() if verbs} == {
        "acknowledgements": {"INSERT"},
        "audit": {"INSERT"},
        "notes": {"INSERT"},
        "requests": {"INSERT"},
        "saved_views": {"INSERT"},
        "staff_choices": {"INSERT"},
    }
    assert refused(roles.dashboard, "UPDATE alembic_version SET version_num = '0'")


def test_the_receiver_cannot_change_the_audits_past_nor_what_staff_wrote(roles: Roles) -> None:
    rights = {name: may(roles.receiver, name) for name in EVERY_TABLE}
    assert {name: verbs for name, verbs in rights.items() if name in OWN | SIGNED | {"inbox"}} == {
        "acknowledgements": set(),
        "audit": {"INSERT"},
        "closed_movements": {"INSERT"},
        "closes": {"INSERT"},
        "inbox": {"INSERT", "UPDATE"},
        "notes": set(),
        "requests": {"INSERT", "UPDATE"},
        "saved_views": set(),
        "staff_choices": {"DELETE"},
    }
    assert rights["observations"] == {"INSERT", "UPDATE"}
    for name in set(EVERY_TABLE) - OWN - SIGNED - {"inbox", "observations"}:
        assert rights[name] == {"INSERT", "UPDATE", "DELETE"}, name


SCHEMA = {
    "a table": "CREATE TABLE mine (x int)",
    "a function": "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "another role": "CREATE ROLE helper",
}


@pytest.mark.parametrize("statement", SCHEMA.values(), ids=SCHEMA.keys())
def test_neither_can_make(roles: Roles, statement: str) -> None:
    assert refused(roles.dashboard, statement)
    assert refused(roles.receiver, statement)


def test_neither_can_drop_or_change_a_table(roles: Roles) -> None:
    for store in (roles.dashboard, roles.receiver):
        # Whether the table is one's own is asked before anything else.
        with pytest.raises((DBAPIError, DatabaseUnavailable)), store.writing() as connection:
            connection.execute(text("DROP TABLE audit"))
        with pytest.raises((DBAPIError, DatabaseUnavailable)), store.writing() as connection:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))


def test_the_dashboard_reads_everything_but_raw_bodies(roles: Roles) -> None:
    ingest_into(roles.owner).apply([GOOD])
    for name in EVERY_TABLE:
        columns = [c.name for c in tables.metadata.tables[name].columns if c.name != "payload"]
        listed = ", ".join(f'"{column}"' for column in columns)
        with roles.dashboard.reading() as connection:
            connection.execute(text(f"SELECT {listed} FROM {name}"))
    assert refused(roles.dashboard, "SELECT payload FROM inbox")
    assert refused(roles.dashboard, "SELECT * FROM inbox")


def test_raw_bodies_are_read_where_that_was_asked_for(roles: Roles) -> None:
    receiver, dashboard = roles.names
    with roles.owner.reading() as connection:
        made = grants.statements(connection, receiver=receiver, dashboard=dashboard, payloads=True)
    grants.apply(roles.owner, made)
    with roles.dashboard.reading() as connection:
        connection.execute(text("SELECT payload FROM inbox"))


def test_a_hardened_database_is_written_and_searched_all_the_same(roles: Roles) -> None:
    with roles.owner.writing() as connection:
        connection.execute(text("REVOKE EXECUTE ON FUNCTION search_trigrams FROM PUBLIC"))
    ingest_into(roles.receiver).apply(company(1))
    with roles.dashboard.reading() as connection:
        known = connection.execute(text("SELECT email FROM customers WHERE email <> ''")).scalars()
        email = str(known.first())
        found = matching_customers(connection, wanted(email[1:6]), 20, 0)
    assert found.total


def test_rights_given_by_hand_are_taken_back(roles: Roles) -> None:
    receiver, dashboard = roles.names
    quoted = '"' + dashboard.replace('"', '""') + '"'
    with roles.owner.writing() as connection:
        connection.exec_driver_sql(f"GRANT ALL ON plan_entitlements, audit TO {quoted}")
    assert may(roles.dashboard, "plan_entitlements") != set()
    with roles.owner.reading() as connection:
        made = grants.statements(connection, receiver=receiver, dashboard=dashboard)
    grants.apply(roles.owner, made)
    assert may(roles.dashboard, "plan_entitlements") == set()


BY_THE_BACK_DOOR = {
    "everybody may": ("GRANT UPDATE ON subscriptions TO PUBLIC", ["subscriptions"]),
    "everybody may rewrite notes": ("GRANT DELETE ON notes TO PUBLIC", ["notes"]),
    "everybody may make tables": ("GRANT CREATE ON SCHEMA public TO PUBLIC", ["schema"]),
    "it belongs to the receiver": ("GRANT {receiver} TO {dashboard}", None),
    "it is a superuser": ("ALTER ROLE {dashboard} SUPERUSER", [*EVERY_TABLE, "schema"]),
}


@pytest.mark.parametrize(("statement", "found"), BY_THE_BACK_DOOR.values(), ids=BY_THE_BACK_DOOR)
def test_rights_that_come_by_the_back_door_are_noticed(
    roles: Roles, statement: str, found: list[str] | None
) -> None:
    receiver, dashboard = ('"' + name.replace('"', '""') + '"' for name in roles.names)
    with roles.owner.reading() as connection:
        assert grants.left_open(connection, roles.names[1]) == []
    with roles.owner.writing() as connection:
        cursor = connection.connection.cursor()
        cursor.execute(statement.replace("{receiver}", receiver).replace("{dashboard}", dashboard))
        cursor.close()
    with roles.owner.reading() as connection:
        left = grants.left_open(connection, roles.names[1])
    assert left == (
        sorted(set(EVERY_TABLE) - OWN | {"requests", "staff_choices"}) if found is None else found
    )


def test_a_table_that_an_upgrade_makes_can_be_read_at_once(roles: Roles) -> None:
    with roles.owner.writing() as connection:
        connection.execute(text("CREATE TABLE later (x bigserial, y bigint)"))
    with roles.dashboard.reading() as connection:
        connection.execute(text("SELECT x FROM later"))
    assert refused(roles.dashboard, "INSERT INTO later (y) VALUES (1)")
    assert not refused(roles.receiver, "INSERT INTO later (y) VALUES (1)")


def test_the_receiver_ingests_drains_replays_prunes_and_carries_out(roles: Roles) -> None:
    bench = Bench(roles.receiver)
    bench.ingest.apply(company(5), "webhook")
    bench.ingest.apply([BROKEN])
    bench.fail(GOOD | {"id": "evt_mended"})
    with roles.dashboard.writing() as connection:
        requests.add(connection, "ann", "retry", "evt_mended", None, START)
        requests.add(connection, "ann", "ignore", "evt_bad", "Known", START)
        requests.add(connection, "ann", "check", "", None, START)
    drain = Drain(roles.receiver, bench.ingest, clock=bench.now)
    with Turns(roles.receiver).taken("requests") as mine:
        assert mine
        serving = Requests(roles.receiver, drain, clock=bench.now, reconciles=Comparing())
        assert serving.round() == 3
    assert inbox_states(roles.owner)["evt_bad"] == "ignored"
    assert inbox_states(roles.owner)["evt_mended"] in ("applied", "stale")
    before = derived(roles.owner)
    with roles.receiver.writing() as connection:
        connection.execute(text("DELETE FROM subscriptions"))
    replay(bench.ingest)
    assert derived(roles.owner) == before
    assert prune(roles.receiver, now=START + 99 * DAY, days=30).bodies > 0
    assert migrate.current(roles.receiver) == migrate.head()


def test_printed_statements_are_the_applied_ones(
    postgres_url: str, role_names: tuple[str, str]
) -> None:
    owner = Store(postgres_url)
    receiver, dashboard = role_names
    with owner.reading() as connection:
        made = grants.statements(connection, receiver=receiver, dashboard=dashboard)
    script = "BEGIN;\n" + "".join(f"{statement};\n" for statement in made) + "COMMIT;"
    own = postgres_url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(own, autocommit=True) as connection:
        connection.execute(script)
    with owner.reading() as connection:
        known = connection.execute(text("SELECT rolname FROM pg_roles")).scalars().all()
    assert set(role_names) <= set(known)
    owner.close()


NAMES = {
    "no name": ("", "d"),
    "a blank": ("  ", "d"),
    "too long": ("r" * 64, "d"),
    "one for both": ("same", "same"),
}


@pytest.mark.parametrize(("receiver", "dashboard"), NAMES.values(), ids=NAMES.keys())
def test_names_that_cannot_be_are_refused(
    postgres_store: Store, receiver: str, dashboard: str
) -> None:
    with postgres_store.reading() as connection, pytest.raises(WrongUsage):
        grants.statements(connection, receiver=receiver, dashboard=dashboard)


def test_who_may_not_make_roles_is_told_so(roles: Roles) -> None:
    with roles.receiver.reading() as connection:
        made = grants.statements(connection, receiver="another_one", dashboard="and_another")
    with pytest.raises(ConfigurationError, match="PostgreSQL refused"):
        grants.apply(roles.receiver, made)


def test_a_dashboard_that_writes_is_told_what_to_do(roles: Roles, postgres_url: str) -> None:
    store = as_role(postgres_url, roles.names[1])
    with pytest.raises(DatabaseUnavailable, match="portside db grants") as refusal:
        ingest_into(store).apply([GOOD])
    assert refusal.value.code == "database_not_allowed"
    store.close()
