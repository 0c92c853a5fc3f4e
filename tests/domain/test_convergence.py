"""A customer's rows depend on what was seen, never on the order or number of times it was seen."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from lib.billing.domain.fold import Rules, fold_customer
from lib.billing.domain.project import project
from tests.cut import examples

from .states import CATALOG, item, price, seen, subscription

STATUSES = ("active", "past_due", "trialing", "unpaid", "paused", "active", "active")
KEYS = ("pro_monthly", "starter_monthly", "unheard_of")

states = st.builds(
    lambda status, key, quantity, cancel: subscription(
        status,
        items=[item(price(key), quantity)],
        cancel_at=9_000_000 if cancel else None,
        canceled_at=5 if cancel else None,
    ),
    st.sampled_from(STATUSES),
    st.sampled_from(KEYS),
    st.integers(1, 3),
    st.booleans(),
)
lives = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(0, 4_000), states), min_size=1, max_size=7), st.booleans()
    ),
    min_size=1,
    max_size=3,
)


def tell(life, object_id: str, rng: random.Random):
    """The observations of one subscription's life, with event ids that say nothing about order."""
    (steps, ends), second, before, told = life, 1_700_000_000, None, []
    for pause, state in steps:
        second += pause
        told.append(
            seen(
                state,
                second,
                before=before,
                kind="created" if before is None else "point",
                object_id=object_id,
                event_id=f"evt_{rng.getrandbits(64):x}",
            )
        )
        before = state
    if ends:
        over = before | {"status": "canceled", "ended_at": second}
        told.append(
            seen(over, second, kind="terminal", object_id=object_id, event_id=f"evt_{rng.random()}")
        )
    return told


@settings(max_examples=examples(250), deadline=None)
@given(lives, st.integers(0, 2**32))
def test_any_order_and_any_repetition_give_equal_rows(all_lives, salt):
    rng = random.Random(salt)
    told = [o for n, life in enumerate(all_lives) for o in tell(life, f"sub_{n}", rng)]
    rows = project(fold_customer("cus_1", told, Rules(CATALOG)))
    shuffled = told + rng.choices(told, k=len(told))
    rng.shuffle(shuffled)
    assert project(fold_customer("cus_1", shuffled, Rules(CATALOG))) == rows


@settings(max_examples=examples(250), deadline=None)
@given(lives, st.integers(0, 2**32))
def test_movements_add_up_to_the_mrr_of_the_subscriptions(all_lives, salt):
    rng = random.Random(salt)
    told = [o for n, life in enumerate(all_lives) for o in tell(life, f"sub_{n}", rng)]
    rows = project(fold_customer("cus_1", told, Rules(CATALOG)))
    assert sum(m.delta_minor for m in rows.movements) == sum(
        s.mrr_minor or 0 for s in rows.subscriptions
    )
    for earlier, later in zip(rows.movements, rows.movements[1:], strict=False):
        assert later.before_minor == earlier.after_minor
        assert later.occurred_at >= earlier.occurred_at
