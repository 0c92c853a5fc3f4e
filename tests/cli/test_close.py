"""`portside close`: a month is closed, listed, verified, and refused in a sentence."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

from tests.cli.conftest import Run
from tests.cli.events import event, subscription

AFTER = {"PORTSIDE_NOW": "2023-12-03T09:00:00Z"}


def filled(portside: Run) -> None:
    """One subscription that began in November 2023."""
    began = event(1, "customer.subscription.created", subscription(old=False), 1_700_000_000)
    ran = portside("ingest", "-", stdin=began)
    assert ran.code == 0


def test_a_month_is_closed_listed_and_verified(portside: Run) -> None:
    filled(portside)
    closed = portside("close", "2023-11", "--staff", "ann", "--first", "--anyway", **AFTER)
    assert closed.code == 0
    assert "2023-11 is closed. Its seal is" in closed.err
    assert "closing" in closed.out
    listed = portside("close", "--list", "--format", "json", **AFTER).json
    [row] = listed
    assert (row["month"], row["staff"]) == ("2023-11", "ann")
    assert row["closed_at"] == AFTER["PORTSIDE_NOW"]
    by_hand = hashlib.sha256((row["previous_hash"] + row["sealed"]).encode()).hexdigest()
    assert by_hand == row["hash"]
    verified = portside("close", "--verify", **AFTER)
    assert (verified.code, row["hash"] in verified.err) == (0, True)


REFUSED = {
    "a month that is not over": (["close", "2023-12"], 1, "2023-12 is not over"),
    "a month that is none": (["close", "11/2023"], 2, "is not a month: write it like 2026-10"),
    "nothing at all": (["close"], 2, "Give one of these"),
    "two things at once": (["close", "2023-11", "--verify"], 2, "Give one of these"),
    "what is open": (["close", "2023-10", "--first"], 1, "--anyway, with a reason"),
}


def test_refusals_are_sentences(portside: Run, tmp_path: Path) -> None:
    filled(portside)
    with sqlite3.connect(tmp_path / "portside.db") as connection:
        connection.execute(
            "INSERT INTO inbox (event_id, type, created_at, received_at, source, state, attempts, "
            "livemode, size) VALUES ('evt_bad', 'x', 1, 1, 'webhook', 'failed', 1, 0, 0)"
        )
    for name, (arguments, code, says) in REFUSED.items():
        ran = portside(*arguments, **AFTER)
        assert (ran.code, says in ran.err, ran.out) == (code, True, ""), (name, ran.err)
        assert "Traceback" not in ran.err


def test_what_was_changed_behind_the_triggers_back_is_named(portside: Run, tmp_path: Path) -> None:
    filled(portside)
    portside("close", "2023-11", "--staff", "ann", "--first", "--anyway", **AFTER)
    with sqlite3.connect(tmp_path / "portside.db") as connection:
        connection.execute("DROP TRIGGER closes_keep_update")
        connection.execute("UPDATE closes SET staff = 'bob'")
    ran = portside("close", "--verify", **AFTER)
    assert ran.code == 1
    assert "row 1 (2023-11, portside) is not what was sealed" in ran.err
    doctor = portside("doctor", "--format", "json", **AFTER)
    [found] = [each for each in doctor.json if each["check"] == "Closed months"]
    assert (found["ok"], "row 1" in found["found"]) == (False, True)


def test_nothing_closed_is_fine(portside: Run) -> None:
    assert "No month is closed yet" in portside("close", "--list").err
    assert portside("close", "--verify", "--format", "json").json == {
        "months": 0,
        "hash": "0" * 64,
        "broken": None,
    }
    assert portside("close", "--list", "--format", "csv").out.startswith("month,policy")
