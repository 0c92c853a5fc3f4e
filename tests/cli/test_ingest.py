"""`portside ingest`: every line of a file is accounted for."""

from __future__ import annotations

from .events import CREATED, PERIOD_END, event, subscription

CANCEL = {"cancel_at_period_end": True, "canceled_at": CREATED + 50}
LINES = [
    event(1, "customer.subscription.created", subscription(old=True), api_version="2020-08-27"),
    event(
        2,
        "customer.subscription.updated",
        subscription(old=False, **CANCEL),
        CREATED + 50,
        api_version="2026-10-28.endive",
        previous={"cancel_at_period_end": False, "canceled_at": None},
    ),
    event(2, "customer.subscription.updated", subscription(old=False), CREATED + 50),
    event(3, "customer.subscription.updated", subscription(old=True), CREATED + 10),
    event(4, "weather.changed", {"id": "w_1", "object": "weather"}),
    event(5, "customer.created", {"id": "cus_9", "object": "customer"}, livemode=True),
    event(6, "customer.subscription.updated", {"id": "sub_1", "object": "subscription"}),
    "this is not JSON",
    '{"hello": "world"}',
]
COUNTS = {
    "lines": 9, "applied": 2, "stale": 1, "ignored": 2, "repeated": 1, "failed": 1, "rejected": 2,
}  # fmt: skip


def test_every_line_is_accounted_for(portside, tmp_path):
    (tmp_path / "events.jsonl").write_text("\n".join(LINES) + "\n")
    ran = portside("ingest", "events.jsonl", "--format", "json")
    assert ran.code == 1
    assert {name: ran.json[name] for name in COUNTS} == COUNTS
    assert sum(COUNTS.values()) - COUNTS["lines"] == COUNTS["lines"]
    assert [rejected["line"] for rejected in ran.json["rejected_lines"]] == [8, 9]
    assert [failure["event_id"] for failure in ran.json["failures"]] == ["evt_6"]

    inbox = portside("report", "inbox", "--format", "json").json["rows"]
    assert {row["event_id"]: row["state"] for row in inbox} == {
        "evt_1": "applied", "evt_2": "applied", "evt_3": "stale", "evt_4": "ignored",
        "evt_5": "ignored", "evt_6": "failed",
    }  # fmt: skip
    (row,) = portside("report", "entitlements", "--format", "json").json["rows"]
    assert (row["plan"], row["rule"], row["org_id"]) == ("pro", "winding_down", "org_1")
    assert row["access_until"] == "2023-12-14T22:13:20Z"


def test_a_clean_file_from_standard_input_is_exit_zero_and_feeding_it_again_changes_nothing(
    portside,
):
    clean = "\n".join(LINES[:2])
    assert portside("ingest", "-", stdin=clean).code == 0
    before = portside("report", "entitlements", "--format", "csv").out
    again = portside("ingest", "-", "--format", "json", stdin=clean)
    assert (again.code, again.json["repeated"]) == (0, 2)
    assert portside("report", "entitlements", "--format", "csv").out == before


def test_an_empty_line_is_a_line_and_is_told_apart_from_broken_JSON(portside):
    ran = portside("ingest", "-", "--format", "json", stdin=f"{LINES[0]}\n\n")
    assert (ran.code, ran.json["lines"], ran.json["applied"]) == (1, 2, 1)
    assert ran.json["rejected_lines"] == [{"line": 2, "reason": "There is nothing here."}]


def test_any_order_gives_the_same_reports(portside, tmp_path):
    told = [LINES[0], LINES[1], LINES[3], LINES[5]]
    portside("ingest", "-", stdin="\n".join(told))
    other = f"sqlite:///{tmp_path / 'other.db'}"
    portside("ingest", "-", stdin="\n".join(told[::-1]), PORTSIDE_DATABASE_URL=other)
    for name in ("entitlements", "movements"):
        one = portside("report", name, "--format", "csv").out
        assert one == portside("report", name, "--format", "csv", PORTSIDE_DATABASE_URL=other).out
        assert "cus_1" in one


def test_a_file_that_is_not_there_is_one_sentence(portside):
    ran = portside("ingest", "nowhere.jsonl")
    assert ran.code == 1
    assert ran.out == ""
    assert ran.err.strip().splitlines() == [
        "portside: Cannot read nowhere.jsonl: No such file or directory. [no_file]"
    ]


def test_an_earlier_time_shows_what_was_true_then(portside):
    portside("ingest", "-", stdin="\n".join(LINES[:2]))
    then = portside("report", "entitlements", "--format", "json", "--as-of", "2023-11-14T22:13:20Z")
    (row,) = then.json["rows"]
    assert (row["rule"], row["access_until"]) == ("active", None)
    before = portside("report", "entitlements", "--format", "json", "--as-of", "2023-11-13")
    assert before.json["rows"] == []
    after = portside("report", "entitlements", "--format", "json", "--as-of", "2023-12-31")
    (row,) = after.json["rows"]
    assert (row["access"], row["plan"], row["rule"]) == (False, "free", "winding_down")
    assert PERIOD_END < 1_703_980_800


OTHER = 'default_plan = "none"\n[plans.gold]\n[[plans.gold.prices]]\nlookup_key = "pro_monthly"\n'


def test_a_changed_catalogue_is_noticed_by_doctor_and_brought_in_by_replay(portside, tmp_path):
    portside("ingest", "-", stdin=LINES[0])
    (tmp_path / "other.toml").write_text(OTHER)
    other = {"PORTSIDE_CATALOG": "other.toml"}

    def rules() -> bool:
        checks = portside("doctor", "--format", "json", **other).json
        return next(check["ok"] for check in checks if check["check"] == "Rules")

    assert rules() is False
    ran = portside("replay", "--format", "json", **other)
    assert (ran.code, ran.json) == (0, {"customers": 1, "batches_changed": 1})
    assert rules() is True
    (row,) = portside("report", "entitlements", "--format", "json", **other).json["rows"]
    assert row["plan"] == "gold"
