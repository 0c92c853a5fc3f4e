"""`portside catalog …` as a person runs it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import pytest

from lib.sandbox.testing import running_sandbox
from tests.catalog.conftest import SOLD
from tests.catalog.test_impact import SOLD as HELD_BY
from tests.catalog.test_impact import swap, world
from tests.sandbox.shop import NOW


@pytest.fixture
def stripe_there(tmp_path) -> Iterator[dict[str, str]]:
    """The environment of a command that talks to an empty sandbox."""
    (tmp_path / "small.toml").write_text(SOLD)
    with running_sandbox(now=NOW, frozen=True) as running:
        yield {
            "STRIPE_API_KEY": "rk_test_x",
            "PORTSIDE_STRIPE_API_BASE": running.url,
            "PORTSIDE_CATALOG": "small.toml",
        }


def test_it_plans_applies_and_is_content(portside, stripe_there, tmp_path):
    def run(*arguments: str):
        return portside("catalog", *arguments, **stripe_there)

    planned = run("plan")
    assert planned.code == 1
    lines = planned.out.splitlines()
    assert lines[0] == "+ make the feature analytics, Advanced analytics"
    assert lines[-1] == "+ pro: make the price pro_yearly_jpy, 43000 JPY a year"
    assert "`portside catalog apply` makes it so." in planned.err
    rows = list(csv.DictReader(io.StringIO(run("plan", "--format", "csv").out)))
    assert (len(rows), rows[0]["action"], rows[0]["name"]) == (10, "feature.create", "analytics")
    mark = run("plan", "--format", "json").json["mark"]
    assert run("apply", "--expect", "other").code == 1
    applied = run("apply", "--format", "json", "--expect", mark, "--staff", "ann")
    assert (applied.code, len(applied.json["applied"])) == (0, 10)
    assert applied.json["not_taken"] == []

    again = run("apply")
    assert (again.code, again.out) == (0, "")
    assert "Nothing to do" in again.err
    assert run("plan").code == 0

    (tmp_path / "small.toml").write_text(SOLD.replace("amount = 2900", "amount = 3400"))
    dearer = run("plan")
    assert dearer.code == 1
    assert "~ pro: make a new version of the price pro_monthly, 29.00 USD a month → 34.00 USD" in (
        dearer.out
    )
    assert "portside portal apply" in run("apply").err

    (tmp_path / "small.toml").write_text(SOLD.replace('currency = "usd"', 'currency = "eur"'))
    refused = run("apply")
    assert (refused.code, refused.out) == (1, "")
    assert "Nothing was applied. small.toml, line 2:" in refused.err
    assert "[currency_changed]" in refused.err


def test_lint_tells_level_code_line_and_remedy(portside, stripe_there, tmp_path):
    sound = portside("catalog", "lint", **stripe_there)
    assert sound.code == 0
    assert "price_not_in_stripe" in sound.out
    assert "0 errors" in sound.err
    assert "compared with Stripe" in sound.err

    (tmp_path / "small.toml").write_text(SOLD.replace("rank = 20", "rang = 20"))
    wrong = portside("catalog", "lint", "--format", "json", **stripe_there)
    assert wrong.code == 1
    assert wrong.json["findings"][0] == {
        "level": "error",
        "code": "unknown_key",
        "line": 21,
        "finding": "plans.pro.rang means nothing here.",
        "remedy": "Correct the spelling, or take it out. docs/catalogue.md lists what is known.",
    }
    alone = portside("catalog", "lint", "--file-only", "--format", "csv", **stripe_there)
    assert alone.code == 1
    assert next(csv.DictReader(io.StringIO(alone.out)))["code"] == "unknown_key"

    (tmp_path / "broken.toml").write_text(SOLD + "[plans.pro]\n")
    broken = portside("catalog", "lint", "--file", "broken.toml", **stripe_there)
    assert broken.code == 1
    assert "not valid TOML" in broken.out
    assert "Traceback" not in broken.err


def test_lint_of_the_file_alone_makes_no_database(portside, tmp_path):
    (tmp_path / "portside.db").unlink()
    ran = portside("catalog", "lint", "--file-only")
    assert ran.code == 0
    assert not (tmp_path / "portside.db").exists()


def test_lint_without_a_key_compares_with_what_events_told(portside, tmp_path):
    (tmp_path / "held.toml").write_text(
        HELD_BY.replace('lookup_key = "starter_monthly"', 'lookup_key = "s"')
    )
    told = "\n".join(json.dumps(event) for event in world())
    environment = {"PORTSIDE_CATALOG": "held.toml"}
    assert portside("ingest", "-", stdin=told, **environment).code == 0
    ran = portside("catalog", "lint", "--format", "json", **environment)
    assert (ran.code, ran.json["told_by"]) == (1, "its events")
    (error,) = [each for each in ran.json["findings"] if each["level"] == "error"]
    assert error["code"] == "price_in_use_unknown"
    assert (
        "starter_monthly (price_starter_monthly) is in no plan, but held by 3 customers"
        in (error["finding"])
    )


def test_impact_names_everybody(portside, tmp_path):
    (tmp_path / "held.toml").write_text(HELD_BY)
    (tmp_path / "next.toml").write_text(swap(HELD_BY, "starter_monthly", "pro_monthly"))
    told = "\n".join(json.dumps(event) for event in world())
    environment = {"PORTSIDE_CATALOG": "held.toml", "PORTSIDE_NOW": "2026-12-01T00:00:00Z"}
    assert portside("ingest", "-", stdin=told, **environment).code == 0

    def run(*arguments: str):
        return portside("catalog", "impact", *arguments, **environment)

    same = run()
    assert (same.code, same.out) == (0, "")
    assert "Nothing changes for any of 9 customers." in same.err

    shown = run("--candidate", "next.toml")
    assert shown.code == 1
    assert "plan starter → pro" in shown.out
    assert "s1@x.example, s2@x.example, s3@x.example" in shown.out
    assert "5 customers change plan, 3 gain analytics, 2 lose analytics" in shown.err

    facts = run("--candidate", "next.toml", "--format", "json")
    assert facts.code == 1
    assert [row["customer_id"] for row in facts.json["rows"]] == [
        "cus_p1",
        "cus_p2",
        "cus_s1",
        "cus_s2",
        "cus_s3",
    ]
    assert facts.json["rows"][0]["limits"]["seats"] == {"before": 10, "after": 3}
    assert facts.json["totals"]["changed"] == 5
    assert {"change": "gains analytics", "customers": 3} in facts.json["totals"]["changes"]

    rows = list(csv.DictReader(io.StringIO(run("--candidate", "next.toml", "--format", "csv").out)))
    assert len(rows) == 5
    assert (rows[2]["from_plan"], rows[2]["to_plan"], rows[2]["gained"]) == (
        "starter",
        "pro",
        "analytics",
    )
    assert rows[2]["limits"] == "rows:none→100;seats:3→10"

    missing = run("--candidate", "nowhere.toml")
    assert (missing.code, "Traceback" in missing.err) == (1, False)


def test_what_is_missing_is_one_line(portside):
    for command in ("plan", "apply"):
        ran = portside("catalog", command)
        assert (ran.code, ran.out) == (1, "")
        assert "STRIPE_API_KEY" in ran.err
        assert "Traceback" not in ran.err
