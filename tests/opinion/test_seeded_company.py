"""The product and the second opinion agree to the cent on a seeded company, for every preset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lib.billing.config import Settings
from lib.billing.domain.times import iso
from lib.billing.wiring import Installation, open_installation
from lib.sandbox.core import Sandbox
from tests.sandbox.worlds import every_event, small_world

from . import opinion, raw
from .opinion import TABLE, Life

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def world() -> Iterator[Sandbox]:
    sandbox, _ = small_world()
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def lives(world: Sandbox) -> list[Life]:
    return raw.lives(every_event(world))


@pytest.fixture(scope="module")
def portside(world: Sandbox, tmp_path_factory: Any) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("opinion")
    (folder / "portside.toml").write_text('timezone = "UTC"\n')
    installation = open_installation(
        Settings.load(
            {
                "PORTSIDE_DATABASE_URL": f"sqlite:///{folder / 'portside.db'}",
                "PORTSIDE_CATALOG": str(ROOT / "catalog.toml"),
                "PORTSIDE_CONFIG": str(folder / "portside.toml"),
                "PORTSIDE_NOW": "2026-11-21T03:00:00Z",
            }
        )
    )
    assert installation.ingest.apply(every_event(world)).failed == 0
    yield installation
    installation.close()


def told(installation: Installation, preset: str) -> list[tuple[Any, ...]]:
    return sorted(
        (
            row["occurred_at"],
            row["customer_id"],
            row["currency"],
            row["kind"],
            row["before_minor"],
            row["after_minor"],
            row["reconstructed"],
        )
        for row in installation.portside.report("movements", policy=preset).rows
    )


@pytest.mark.parametrize("preset", TABLE)
def test_movements_agree_to_the_cent(lives, portside, preset):
    expected = sorted(
        (iso(m.at), m.customer, m.currency, m.kind, m.before, m.after, m.rebuilt)
        for m in opinion.movements(lives, preset)
    )
    assert told(portside, preset) == expected
    assert {"new", "expansion", "contraction", "churn"} <= {m[3] for m in expected}


@pytest.mark.parametrize("preset", TABLE)
def test_mrr_of_now_agrees_and_is_what_movements_come_to(lives, portside, preset):
    expected = opinion.now(lives, preset)
    moved: Counter[str] = Counter()
    for row in portside.portside.report("movements", policy=preset).rows:
        moved[row["currency"]] += row["delta_minor"]
    assert {currency: minor for currency, minor in moved.items() if minor} == expected
    mix: Counter[str] = Counter()
    for row in portside.portside.report("plan-mix", policy=preset).rows:
        mix[row["currency"]] += row["mrr_minor"]
    assert mix == expected
    assert set(expected) >= {"usd", "eur"}


def test_the_presets_do_not_agree_with_each_other_on_this_company(lives):
    assert len({tuple(sorted(opinion.now(lives, preset).items())) for preset in TABLE}) >= 3


@pytest.mark.parametrize("preset", [preset for preset in TABLE if preset != "portside"])
def test_a_bridge_leads_to_what_the_second_opinion_says(lives, portside, preset):
    ours, theirs = opinion.now(lives, "portside"), opinion.now(lives, preset)
    for bridge in portside.portside.bridge(preset):
        assert bridge.from_minor == ours.get(bridge.currency, 0)
        assert bridge.to_minor == theirs.get(bridge.currency, 0)
        moved = sum(line.minor for line in bridge.lines)
        assert bridge.from_minor + moved == bridge.to_minor
