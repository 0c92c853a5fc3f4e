"""When access changed: by events, and by time alone."""

from __future__ import annotations

import pytest

from lib.billing.domain.access_changes import access_changes
from lib.billing.domain.fold import Rules, fold_customer

from .states import CATALOG, item, price, seen, subscription

DAY = 86_400
END = 40 * DAY
STARTER = subscription(items=[item(price("starter_monthly", "900"), end=END)])
PRO = subscription(items=[item(price(), end=END)])
LEAVING = PRO | {"cancel_at_period_end": True, "canceled_at": 9 * DAY}
GONE = LEAVING | {"status": "canceled", "ended_at": END}
LATE = PRO | {"status": "past_due"}

BORN = seen(STARTER, DAY, kind="created")
UP = seen(PRO, 5 * DAY, before=STARTER)
LEAVES = seen(LEAVING, 9 * DAY, before=PRO)
ENDS = seen(GONE, END + 60, kind="terminal")
FAILS = seen(LATE, 9 * DAY, before=PRO)
RENEWS = seen(
    PRO | {"items": [item(price(), end=END + 30 * DAY)]}, 20 * DAY, before=PRO
)  # fmt: skip

CASES = {
    "an upgrade": (
        [BORN, UP],
        [(DAY, True, "starter", "active", True), (5 * DAY, True, "pro", "active", True)],
    ),
    "nobody who ever subscribed": ([], []),
    "a renewal is none": ([BORN, UP, RENEWS], 2),
    "a cancellation and its end": (
        [BORN, UP, LEAVES, ENDS],
        [
            (DAY, True, "starter", "active", True),
            (5 * DAY, True, "pro", "active", True),
            (9 * DAY, True, "pro", "winding_down", True),
            (END, False, "free", "canceled", True),
        ],
    ),
    "days of grace that pass without an event": (
        [BORN, UP, FAILS],
        [
            (DAY, True, "starter", "active", True),
            (5 * DAY, True, "pro", "active", True),
            (9 * DAY, True, "pro", "past_due_in_grace", True),
            (23 * DAY, False, "free", "past_due_expired", False),
        ],
    ),
}


@pytest.mark.parametrize(("observations", "expected"), CASES.values(), ids=CASES.keys())
def test_each_turn_is_told_once_with_its_rule(observations, expected):
    fold = fold_customer("cus_1", observations, Rules(CATALOG))
    changes = [
        (c.at, c.after.access, c.after.plan, c.after.rule, c.event_id is not None)
        for c in access_changes(fold, 100 * DAY)
    ]
    assert changes == expected if isinstance(expected, list) else len(changes) == expected


def test_what_lies_ahead_is_not_told():
    fold = fold_customer("cus_1", [BORN, UP, FAILS], Rules(CATALOG))
    assert [c.after.rule for c in access_changes(fold, 22 * DAY)][-1] == "past_due_in_grace"
