"""What operators see of the database at GET /metrics, and the alerts that are built on it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, text

from lib.billing.intake.gauges import Gauges
from lib.billing.intake.meters import Meters
from lib.billing.prune import prune
from lib.billing.store import requests, tables
from lib.billing.store.engine import Store
from tests.http.serving import SECRET, receiver
from tests.jobs.failing import BROKEN, GOOD, Bench, customer
from tests.outgoing.scene import Scene, newcomer
from tests.store.company import START

ROOT = Path(__file__).resolve().parents[2]
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
DEPLOY = ROOT / "docs" / "deploy.md"
BOARD = ROOT / "deploy" / "grafana" / "portside.json"
FOLLOWED = {"portside_catalogue_followed", "portside_refold_left"}
"""Told only where an applied catalogue is followed: see `tests/catalog`."""

DAY = 86_400


def scraped(bench: Bench) -> dict[str, float]:
    """Every sample by its name and labels."""
    lines = Meters(Gauges(bench.store, bench.now)).exposition()[0].decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def finding(subject: str, cause: str, kind: str = "drift", **over: Any) -> dict[str, Any]:
    return {
        "subject": subject,
        "kind": kind,
        "field": "status",
        "cause": cause,
        "first_seen_at": START,
        "last_seen_at": START,
        "times": 1,
        "lost_after": None,
        "resolved_at": None,
    } | over


def run(**over: Any) -> dict[str, Any]:
    return {
        "started_at": START - 500,
        "ended_at": START - 400,
        "applied": False,
        "scope": "",
        "customers": 1,
        "requests": 1,
        "findings": 0,
        "repaired": 0,
        "problem": None,
    } | over


def keep(store: Store, table: Any, *rows: dict[str, Any]) -> None:
    with store.writing() as connection:
        connection.execute(insert(table), list(rows))


def test_an_empty_database_has_nothing_to_count_from(store: Store) -> None:
    found = scraped(Bench(store))
    assert found["portside_database_up"] == 1
    assert found["portside_events"] == found["portside_requests_waiting"] == 0
    absent = ("webhook_lag_seconds", "last_webhook_age", "reconcile_age", "gap_lost_in", "oldest")
    assert [name for name in found if any(part in name for part in absent)] == []


def test_webhooks_of_the_last_hour_give_the_lag(store: Store) -> None:
    bench = Bench(store)
    for number in range(20):
        bench.at = START + 10 * number
        event = customer(number) | {"created": bench.at - number}
        bench.ingest.apply([event], "webhook")
    bench.ingest.apply([customer(99) | {"created": START - 9_999}], "import")
    bench.ingest.apply([customer(98) | {"created": START + 9_999}], "webhook")  # a clock ahead
    found = scraped(bench)
    assert found['portside_webhook_lag_seconds{quantile="0.5"}'] == 9
    assert found['portside_webhook_lag_seconds{quantile="0.95"}'] == 18
    bench.at = START + 190 + 3_600
    found = scraped(bench)
    assert 'portside_webhook_lag_seconds{quantile="0.5"}' not in found
    assert found["portside_last_webhook_age_seconds"] == 3_600


def test_failed_events_are_counted_with_the_age_of_the_oldest(store: Store) -> None:
    bench = Bench(store)
    bench.ingest.apply([BROKEN, GOOD], "webhook")
    bench.at += 1_000
    bench.ingest.apply([BROKEN | {"id": "evt_given_up"}], "webhook")
    with store.writing() as connection:
        connection.execute(
            text("UPDATE inbox SET next_attempt_at = NULL WHERE event_id = 'evt_given_up'")
        )
    bench.at += 10
    found = scraped(bench)
    assert (found["portside_events"], found["portside_events_failed"]) == (3, 2)
    assert found["portside_events_retrying"] == 1
    assert found["portside_events_failed_oldest_seconds"] == 1_010


def test_repeated_deliveries_are_counted_over_restarts(store: Store) -> None:
    bench = Bench(store)
    for _ in range(3):
        bench.ingest.apply([GOOD], "webhook")
    found = scraped(bench)
    assert found['portside_arrivals_total{fate="repeated",source="webhook"}'] == 2
    assert found['portside_arrivals_total{fate="applied",source="webhook"}'] == 1


def test_findings_by_cause_without_those_left_for_a_while(store: Store) -> None:
    keep(
        store,
        tables.findings,
        finding("a", "missed_event"),
        finding("b", "missed_event"),
        finding("c", "hand_edited"),
        finding("d", "hand_edited", resolved_at=START),
        finding("e", "not_delivered", kind="gap", lost_after=START + 5 * DAY),
        finding("f", "not_delivered", kind="gap", lost_after=START + 2 * DAY),
        finding("g", "not_delivered", kind="gap", lost_after=START + DAY, resolved_at=START),
        finding("h", "not_delivered", kind="gap", lost_after=START + DAY),
        finding("i", "came_back", first_seen_at=START + 1),
    )
    note = {"staff": "ann", "reason": "Known", "at": START}
    keep(
        store,
        tables.acknowledgements,
        note | {"subject": "b", "expires_at": START + 60},
        note | {"subject": "a", "expires_at": START - 60},
        note | {"subject": "h", "expires_at": START + 60},
        note | {"subject": "i", "expires_at": START + 60},  # of the one before its repair
    )
    found = scraped(Bench(store))
    assert found['portside_findings_open{cause="missed_event"}'] == 1
    assert found['portside_findings_open{cause="hand_edited"}'] == 1
    assert found["portside_findings_acknowledged"] == 1
    assert found['portside_findings_open{cause="came_back"}'] == 1
    assert (found["portside_gaps_open"], found["portside_gaps_acknowledged"]) == (2, 1)
    assert found["portside_gap_lost_in_seconds"] == 2 * DAY


def test_only_a_whole_comparison_that_came_to_its_end_counts(store: Store) -> None:
    keep(
        store,
        tables.reconciliations,
        run(),
        run(ended_at=START - 300, scope="cus_1"),
        run(ended_at=START - 200, problem="Stripe did not answer."),
        run(ended_at=None),
    )
    assert scraped(Bench(store))["portside_reconcile_age_seconds"] == 400


def test_the_age_of_the_last_round_of_dropping_bodies(store: Store) -> None:
    bench = Bench(store)
    assert "portside_prune_age_seconds" not in scraped(bench)
    prune(store, now=START - 70, days=30, resume=True)
    assert scraped(bench)["portside_prune_age_seconds"] == 70


def test_requests_rereads_gaps_and_the_watermark(store: Store) -> None:
    bench = Bench(store)
    bench.ingest.apply([customer(1), customer(2), customer(3)])
    with store.writing() as connection:
        requests.add(connection, "ann", "check", "", None, START)
        connection.execute(text("UPDATE customers SET needs_reread = true"))
        connection.execute(text("UPDATE customers SET gaps = 2 WHERE customer_id = 'cus_0001'"))
    found = scraped(bench)
    assert found["portside_requests_waiting"] == 1
    assert found["portside_customers_needing_reread"] == 3
    assert found["portside_customers_with_gaps"] == 1
    assert found["portside_watermark"] >= 1


def test_one_reading_serves_for_a_few_seconds(sqlite_store: Store) -> None:
    bench = Bench(sqlite_store)
    meters = Meters(Gauges(sqlite_store, bench.now, fresh=3_600))
    first = meters.exposition()[0]
    bench.ingest.apply([GOOD])
    assert meters.exposition()[0] == first
    assert Meters(Gauges(sqlite_store, bench.now, fresh=-1)).exposition()[0] != first


def test_with_the_database_away_a_scrape_says_so_and_nothing_else_breaks(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    with receiver(store) as sender:
        sender.deliver(GOOD, secret=f"{SECRET}x")
        answer = sender.client.get("/metrics")
    store.close()
    assert answer.status_code == 200
    assert "portside_database_up 0.0" in answer.text
    assert (
        'portside_webhook_refused_total{code="signature_invalid",provider="stripe"} 1.0'
        in answer.text
    )
    assert "portside_events_failed" not in answer.text


def test_without_tables_or_a_clock_a_scrape_does_not_break_either(tmp_path: Path) -> None:
    def no_clock() -> int:
        raise ZeroDivisionError

    empty = Store(f"sqlite:///{tmp_path / 'empty.db'}")
    for clock in (lambda: START, no_clock):
        assert b"portside_database_up 0.0" in Meters(Gauges(empty, clock)).exposition()[0]
    empty.close()


def named_in(document: str) -> set[str]:
    return set(re.findall(r"portside_[a-z0-9_]+", document))


@pytest.fixture
def everything(sqlite_store: Store) -> str:
    """A scrape of a receiver to which everything has happened."""
    bench = Bench(sqlite_store)
    bench.ingest.apply([GOOD, GOOD, BROKEN], "webhook")
    keep(sqlite_store, tables.reconciliations, run())
    keep(
        sqlite_store,
        tables.findings,
        finding("a", "missed_event"),
        finding("b", "gap", kind="gap", lost_after=START + DAY),
    )
    Scene(sqlite_store).take(newcomer("cus_told"))
    prune(sqlite_store, now=START, days=30, resume=True)
    meters = Meters(Gauges(sqlite_store, bench.now))
    meters.refuse("signature_invalid")
    meters.job("drain", "fault")
    meters.count("applied")
    meters.api("entitlements", 200, 0.001)
    return meters.exposition()[0].decode()


def test_every_metric_of_the_alert_rules_is_exposed(everything: str) -> None:
    samples = {line.split("{")[0].split(" ")[0] for line in everything.splitlines()}
    wanted = named_in(ALERTS.read_text("utf-8"))
    assert len(wanted) >= 14
    assert wanted - samples == set()


def test_every_metric_of_the_dashboard_is_exposed(everything: str) -> None:
    samples = {line.split("{")[0].split(" ")[0] for line in everything.splitlines()}
    wanted = named_in(BOARD.read_text("utf-8"))
    assert len(wanted) >= 25
    assert wanted - samples - FOLLOWED == set()


def test_every_label_that_the_dashboard_groups_by_is_there(everything: str) -> None:
    board = json.loads(BOARD.read_text("utf-8"))
    expressions = [t["expr"] for panel in board["panels"] for t in panel["targets"]]
    for expression in expressions:
        (name,) = set(re.findall(r"portside_[a-z0-9_]+", expression)) or {""}
        asked = {
            label.strip()
            for group in re.findall(r"by \(([^)]*)\)", expression)
            for label in group.split(",")
        }
        lines = [line for line in everything.splitlines() if re.match(rf"{name}[ {{]", line)]
        found = any(all(f'{label}="' in line for label in asked) for line in lines)
        assert found or name in FOLLOWED, expression


def test_every_label_of_the_alert_rules_is_exposed(everything: str) -> None:
    wanted = set(re.findall(r'[a-z]+="[a-z0-9_.]+"', ALERTS.read_text("utf-8")))
    assert {pair for pair in wanted if pair not in everything} == set()


def test_every_alert_is_explained() -> None:
    alerts = re.findall(r"- alert: (\w+)", ALERTS.read_text("utf-8"))
    explained = re.findall(r"^\| `(Portside\w+)` \|", DEPLOY.read_text("utf-8"), re.M)
    assert explained == alerts


def test_series_with_other_labels_are_compared_without_those() -> None:
    rules = ALERTS.read_text("utf-8").split("- alert: ")[1:]
    expressions = {rule.split()[0]: rule.split("labels:")[0] for rule in rules}
    unlike = {
        name
        for name, expression in expressions.items()
        if len(set(re.findall(r"\{[^}]*\}", expression))) > 1
    }
    assert unlike == {"PortsideManyRepeats"}
    assert "> ignoring(fate) " in expressions["PortsideManyRepeats"]
