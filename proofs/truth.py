"""What the fold makes of a life, against the life itself: whole, and with losses."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.billing.domain.fold import CustomerFold, fold_customer
from lib.billing.domain.observations import REFERENCE_TYPES, Observation
from lib.billing.domain.project import project
from lib.billing.domain.rows import MovementRow, ProjectionRows
from lib.billing.stripe.parse import parse_event

from .life import RULES, Life, Plot, Raw, final_states, truth
from .proof import Figures, holds

SHARES = (0.02, 0.1, 0.3)
"""Shares of the events that are lost, by history in turn."""

plots = st.builds(
    Plot,
    seed=st.integers(0, 2**32),
    turns=st.integers(0, 25),
    subscriptions=st.integers(1, 3),
    rush=st.sampled_from([0.0, 0.3, 0.6, 0.9, 1.0]),
    skew=st.booleans(),
)


def whole(scale: int) -> Figures:
    """``scale`` lives of which nothing is lost, found by hypothesis."""
    counted: Counter[str] = Counter()

    def check(plot: Plot, salt: int) -> None:
        counted["histories"] += 1
        tells_the_truth(plot, salt, counted)

    run_through(plots, check, scale)
    return {
        "histories": counted["histories"],
        "events": counted["events"],
        "A → B → A within a second": counted["flips"],
        "with clocks a second apart": counted["skewed"],
        "wrong final states": 0,
        "wrong movements": 0,
        "plan labels that an unreal second gave": counted["labels"],
    }


def run_through(
    strategy: st.SearchStrategy[Plot], check: Callable[[Plot, int], None], examples: int
) -> None:
    """Let hypothesis look for a plot and a salt that break ``check``. Raises Disproved."""
    quiet = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    quiet(given(strategy, st.integers(0, 2**32))(check))()


def tells_the_truth(plot: Plot, salt: int, counted: Counter[str]) -> None:
    """Any order and any repetition of what is told gives equal rows, and they are true."""
    life, rng = Life(plot), random.Random(salt)
    told = observed(life, life.told)
    folded = fold_customer(life.customer, told, RULES)
    shuffled = told + rng.choices(told, k=len(told))
    rng.shuffle(shuffled)
    rows = project(folded)
    again = project(fold_customer(life.customer, shuffled, RULES))
    holds(rows == again, f"{plot}, salt {salt}: another order gives other rows")
    real = truth(life)
    wrong = wrong_objects(folded, real)
    holds(not wrong, f"{plot}: wrong final states of {wrong}")
    expected = project(real)
    holds(_entitlement(rows) == _entitlement(expected) or plot.skew, f"{plot}: another entitlement")
    moved = [_moved(m, plot.skew) for m in rows.movements]
    should = [_moved(m, plot.skew) for m in expected.movements]
    holds(moved == should, f"{plot}: movements {moved}, truly {should}")
    counted["events"] += len(life.events)
    counted["flips"] += life.flips
    counted["skewed"] += plot.skew
    counted["labels"] += [_label(m) for m in rows.movements] != [
        _label(m) for m in expected.movements
    ]


def observed(life: Life, events: Sequence[Raw]) -> list[Observation]:
    """What events say of the customer; what names none is the customer's all the same."""
    seen = [o for event in events for o in parse_event(event).observations]
    kept = [o for o in seen if o.object_type not in REFERENCE_TYPES]
    return [o if o.customer_id else replace(o, customer_id=life.customer) for o in kept]


def wrong_objects(folded: CustomerFold, real: CustomerFold) -> list[tuple[str, str]]:
    """Objects whose final state is not the true one; the time of an attempt is its event's own."""
    found, expected = final_states(folded), final_states(real)
    return [key for key in expected if _timeless(found.get(key)) != _timeless(expected[key])]


def _timeless(state: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if state is None else state | {"attempted_at": None}


def _entitlement(rows: ProjectionRows) -> Any:
    named = replace(rows.entitlement, event_id=None)
    return replace(named, grants=[g | {"event_id": None} for g in named.grants])


def _moved(row: MovementRow, skewed: bool) -> tuple[Any, ...]:
    money = (row.kind, row.delta_minor, row.before_minor, row.after_minor, row.currency)
    return money if skewed else (row.occurred_at, *money, *_label(row))


def _label(row: MovementRow) -> tuple[Any, ...]:
    return row.from_plan, row.to_plan, row.from_interval, row.to_interval


def lossy(scale: int) -> Figures:
    """``scale`` lives with losses: what is wrong, whether it is flagged, and if not, why."""
    counted: Counter[str] = Counter()
    for number in range(scale):
        rng = random.Random(number)
        plot = Plot(
            seed=number,
            turns=rng.randint(3, 24),
            subscriptions=rng.choice([1, 1, 2, 3]),
            rush=rng.choice([0.2, 0.6, 0.9]),
            skew=rng.random() < 0.5,
            unborn=rng.random() < 0.2,
        )
        _lose(Life(plot), rng, SHARES[number % len(SHARES)], counted)
    unexplained = counted.pop("wrong, nothing told of it lost", 0)
    holds(unexplained == 0, f"{unexplained} objects are wrong of which nothing was lost")
    return {"histories": scale, **dict(sorted(counted.items()))}


def _lose(life: Life, rng: random.Random, share: float, counted: Counter[str]) -> None:
    told = [e for e in life.told if rng.random() >= share]
    counted["events lost"] += len(life.events) - len(told)
    seen = observed(life, told)
    if not seen:
        return
    folded, real = fold_customer(life.customer, seen, RULES), truth(life)
    everything, left = observed(life, life.events), {o.event_id for o in seen}
    story: dict[tuple[str, str], list[Observation]] = {}
    for observation in everything:
        key = (observation.object_type, observation.object_id)
        story.setdefault(key, []).append(observation)
    counted["objects"] += len(story)
    wrong = wrong_objects(folded, real)
    for key in wrong:
        known = folded.of(key[0]).get(key[1])
        if known is not None and (known.gaps or known.ambiguous):
            counted["wrong and flagged"] += 1
        else:
            counted[_why(story[key], left)] += 1
    rows, expected = project(folded), project(real)
    if [_money(m) for m in rows.movements] != [_money(m) for m in expected.movements]:
        flagged = rows.customer.gaps or rows.customer.needs_reread
        flagged = flagged or any(m.reconstructed for m in rows.movements)
        only = "" if any(key[0] == "subscription" for key in wrong) else ", its state now right"
        counted[f"movements wrong{only}, {'flagged' if flagged else 'not flagged'}"] += 1


def _money(row: MovementRow) -> tuple[str, int]:
    return row.kind, row.delta_minor


def _why(story: Sequence[Observation], left: set[str]) -> str:
    """Why nothing in what arrived can show that an object is not what it was last seen as."""
    told = [o for o in story if o.event_id in left]
    if not told:
        return "wrong, nothing of it arrived"
    if len(told) == len(story):
        return "wrong, nothing told of it lost"
    if story[-1].event_id not in left:
        return "wrong, its newest event lost"
    return "wrong, half a there-and-back or its beginning lost"
