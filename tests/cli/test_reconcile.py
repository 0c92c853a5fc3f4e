"""`portside reconcile` and `portside report drift` as a person runs them."""

from __future__ import annotations

import csv
import io

import pytest

from lib.billing.domain.times import iso
from tests.fresh import fresh_store
from tests.reconcile.scene import Scene, scene


@pytest.fixture
def company(tmp_path):
    store = fresh_store(tmp_path / "portside.db")
    (tmp_path / "small.toml").write_text(Scene.catalog)
    with scene(store) as made:
        yield made
    store.close()


def test_it_finds_repairs_and_is_content(portside, company):
    environment = {
        "STRIPE_API_KEY": "rk_test_x",
        "PORTSIDE_STRIPE_API_BASE": company.running.url,
        "PORTSIDE_CATALOG": "small.toml",
    }

    def run(*arguments: str):
        return portside(*arguments, PORTSIDE_NOW=iso(company.now), **environment)

    (lost,) = company.lose(lambda: company.schedule_end(company.adas))
    company.tick()
    found = run("reconcile", "--format", "json")
    assert (found.code, found.json["found"], found.json["unanswered"]) == (1, 1, 1)
    assert [count["cause"] for count in found.json["open"]] == ["missed_event"]

    shown = run("reconcile")
    assert shown.code == 1
    assert "missed_event" in shown.out
    assert "portside reconcile --apply" in shown.err

    board = run("report", "drift", "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(board.out))
    assert (row["customer_id"], row["cause"]) == (company.ada, "missed_event")
    assert (row["event_id"], row["first_seen_at"]) == (lost["id"], iso(company.now))

    one = run("reconcile", "--apply", "--customer", company.ada)
    assert one.code == 0, one.err
    again = run("reconcile", "--format", "json")
    assert (again.code, again.json["found"], again.json["open"]) == (0, 0, [])
    assert run("report", "drift", "--format", "json").json["rows"] == []


def test_without_a_key_it_says_what_to_set(portside):
    ran = portside("reconcile")
    assert ran.code == 1
    assert "STRIPE_API_KEY" in ran.err


def test_csv_is_the_reports_business(portside):
    ran = portside("reconcile", "--format", "csv")
    assert ran.code == 2
    assert "report drift" in ran.err


def test_a_customer_without_a_name_is_wrong_usage(portside):
    for name in ("", "  ", "\udcff"):  # the last is a byte that is no UTF-8
        ran = portside("reconcile", "--customer", name, STRIPE_API_KEY="rk_test_x")
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
