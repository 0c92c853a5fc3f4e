"""The named scenarios: one for each trap of the metric definitions that a state can express.

    result = SCENARIOS["cancel_at_only"].run(sandbox)
    result.customers        # {"leaver": "cus_..."}
    result.summary          # what there is to see

A scenario adds customers of its own to a running world, in its recent past; it moves no clock.
Run it outside of a transaction.
"""

from __future__ import annotations

from lib.sandbox.world import acts_ends, acts_money, acts_plans
from lib.sandbox.world.playbill import Scenario, ScenarioResult

SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in sorted(
        (*acts_ends.SCENARIOS, *acts_money.SCENARIOS, *acts_plans.SCENARIOS),
        key=lambda scenario: (scenario.trap, scenario.name),
    )
}

__all__ = ["SCENARIOS", "Scenario", "ScenarioResult"]
