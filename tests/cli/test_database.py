"""`portside db grants`, `db prune` and `drain`, as a person runs them."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.grants.conftest import role_names  # noqa: F401  (fixture)
from tests.jobs.failing import BROKEN, customer

from .conftest import Run


def test_sqlite_has_no_roles_and_says_so_in_one_sentence(portside: Run) -> None:
    ran = portside("db", "grants")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert "SQLite has no roles" in ran.err


@pytest.mark.postgres
def test_grants_are_printed_and_nothing_is_changed(
    portside: Run,
    postgres_url: str,
    role_names: tuple[str, str],  # noqa: F811
) -> None:
    receiver, dashboard = role_names
    named = ("--receiver", receiver, "--dashboard", dashboard)
    ran = portside("db", "grants", *named, PORTSIDE_DATABASE_URL=postgres_url)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("BEGIN;\n")
    assert ran.out.endswith("COMMIT;\n")
    own = postgres_url.replace("postgresql+psycopg://", "postgresql://", 1)
    known = "SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)"
    with psycopg.connect(own, autocommit=True) as connection:
        assert connection.execute(known, ([*role_names],)).fetchone() == (0,)
        connection.execute(ran.out)
        assert connection.execute(known, ([*role_names],)).fetchone() == (2,)


@pytest.mark.postgres
def test_grants_are_applied_and_hold(
    portside: Run,
    postgres_url: str,
    role_names: tuple[str, str],  # noqa: F811
) -> None:
    receiver, dashboard = role_names
    named = ("--receiver", receiver, "--dashboard", dashboard)
    ran = portside("db", "grants", "--apply", *named, PORTSIDE_DATABASE_URL=postgres_url)
    assert (ran.code, ran.out) == (0, "")
    as_dashboard = make_url(postgres_url).set(username=dashboard)
    url = as_dashboard.render_as_string(hide_password=False)
    read = portside("report", "entitlements", "--format", "json", PORTSIDE_DATABASE_URL=url)
    assert (read.code, read.json["rows"]) == (0, [])
    line = json.dumps(customer(1))
    written = portside("ingest", "-", stdin=line, PORTSIDE_DATABASE_URL=url)
    assert (written.code, "database_not_allowed" in written.err) == (1, True)
    assert "Traceback" not in written.err


def test_pruning_says_what_it_would_drop_and_then_drops_it(portside: Run) -> None:
    portside("ingest", "-", stdin="\n".join(json.dumps(customer(n)) for n in range(3)))
    later = {"PORTSIDE_NOW": "2024-03-01T00:00:00Z"}
    dry = portside("db", "prune", "--older-than", "30", "--dry-run", "--format", "json", **later)
    assert (dry.json["bodies"], dry.json["dry_run"]) == (3, True)
    assert dry.json["before"] == "2024-01-31T00:00:00Z"
    done = portside("db", "prune", "--older-than", "30", **later)
    assert (done.code, done.err.split(" bodies")[0]) == (0, "3")
    again = portside("db", "prune", "--older-than", "30", "--format", "csv", **later)
    assert again.out.splitlines()[1].startswith("0,0,")


def test_pruning_takes_the_period_from_the_file(portside: Run, tmp_path: Path) -> None:
    nothing = portside("db", "prune")
    assert (nothing.code, "retention_days" in nothing.err) == (2, True)
    (tmp_path / "portside.toml").write_text("retention_days = 90\n")
    assert portside("db", "prune").code == 0
    short = portside("db", "prune", "--older-than", "7")
    assert (short.code, "30 days" in short.err) == (2, True)


def test_draining_counts_what_failed_again(portside: Run) -> None:
    portside("ingest", "-", stdin=json.dumps(BROKEN))
    ran = portside("drain", "--format", "json")
    assert (ran.code, ran.json["lines"], ran.json["failed"]) == (1, 1, 1)
    assert ran.json["failures"][0]["event_id"] == "evt_bad"
    assert portside("report", "inbox", "--format", "json").json["rows"][0]["attempts"] == 2
