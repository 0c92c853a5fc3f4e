"""The product and the second opinion agree to the cent on whatever hypothesis makes up."""

from __future__ import annotations

from itertools import product

from hypothesis import HealthCheck, given, settings

from lib.billing.domain.bridge import steps
from lib.billing.domain.fold import Rules, fold_customer
from lib.billing.domain.movements import movements
from lib.billing.domain.policy import PRESETS
from lib.billing.domain.project import project
from lib.billing.domain.references import References
from tests.cut import examples
from tests.domain.states import CATALOG

from . import opinion
from .opinion import TABLE
from .worlds import COUPONS, World, worlds

REFERENCES = References(coupons=COUPONS)
TRIED = settings(
    max_examples=examples(100),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)


def folded(world: World, preset: str, timezone: str = "UTC"):
    rules = Rules(CATALOG, PRESETS[preset], REFERENCES, timezone)
    return fold_customer("cus_1", world.observations, rules)


@TRIED
@given(world=worlds())
def test_movements_agree_for_every_preset(world):
    """All presets over each world: making a world up takes longer than folding it."""
    for preset, timezone in product(TABLE, ("UTC", "America/Los_Angeles")):
        found = sorted(
            (m.occurred_at, m.currency, m.kind, m.before_minor, m.after_minor, m.reconstructed)
            for m in movements(folded(world, preset, timezone))
        )
        expected = [
            (m.at, m.currency, m.kind, m.before, m.after, m.rebuilt)
            for m in opinion.movements(world.lives, preset, timezone)
        ]
        assert (preset, timezone, found) == (preset, timezone, sorted(expected))


@TRIED
@given(world=worlds())
def test_mrr_of_each_subscription_agrees_for_every_preset(world):
    for preset in TABLE:
        rows = {row.subscription_id: row for row in project(folded(world, preset)).subscriptions}
        for life in world.lives:
            look, row = life.looks[-1][1], rows[life.subscription]
            assert (preset, row.mrr_minor) == (preset, opinion.mrr(look, preset))
            assert (preset, row.value_minor) == (preset, opinion.worth(look, TABLE[preset][2]))
            assert row.gross_minor == opinion.worth(look, set())
            assert row.discounted_minor == opinion.worth(look, {"forever", "repeating", "once"})


def test_every_flag_of_mrr_that_presets_differ_in_has_a_step():
    slugs = {step.slug for preset in TABLE for step in steps(PRESETS["portside"], PRESETS[preset])}
    assert slugs == {"status_paused", "collection_paused", "discounts", "leaves_when_scheduled"}
