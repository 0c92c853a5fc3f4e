"""`replay --policy` and `report bridge`, as a person runs them."""

from __future__ import annotations

from pathlib import Path

from .conftest import Run

OURS = """
[policies.ours]
base = "chartmogul"
discounts = "none"
[policies.strict]
past_due_leaves_after_days = 30
"""


def test_another_policys_movements_are_kept_and_the_bridge_leads_there(
    portside: Run, tmp_path: Path
) -> None:
    (tmp_path / "portside.toml").write_text(OURS)
    config = {"PORTSIDE_CONFIG": str(tmp_path / "portside.toml")}
    kept = portside("replay", "--policy", "ours", "--format", "json", **config)
    assert (kept.code, kept.json) == (0, {"policy": "ours", "customers": 0, "batches_changed": 0})
    bridge = portside("report", "bridge", "--policy", "ours", "--format", "json", **config)
    assert (bridge.code, bridge.json["rows"], bridge.json["policy"]) == (0, [], "ours")


def test_what_cannot_be_kept_is_one_sentence(portside: Run, tmp_path: Path) -> None:
    (tmp_path / "portside.toml").write_text(OURS)
    config = {"PORTSIDE_CONFIG": str(tmp_path / "portside.toml")}
    for policy, code, said in (
        ("portside", 2, "is the configured policy"),
        ("recurly", 2, "is none of"),
        ("strict", 1, "cannot be kept"),
    ):
        ran = portside("replay", "--policy", policy, **config)
        assert (ran.code, ran.out) == (code, "")
        assert said in ran.err
        assert ran.err.count("\n") == 1
