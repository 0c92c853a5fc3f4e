"""What a customer of Kinde's may use, told as ledgers: what happened in, access out."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.billing.domain.access import decide, judge
from lib.billing.domain.fold import fold_customer
from lib.billing.domain.project import project
from lib.billing.kinde.parse import parse_event
from tests.cut import examples
from tests.kinde.events import CATALOG, DAY, RULES, START, access, event, rows

GRACE = 14 * DAY

LEDGERS = {
    "a plan that was assigned is had": (
        [(0, "plan_assigned", {"plan": "pro"})],
        (0, ("pro", "active", True)),
    ),
    "a plan under another key of Kinde's": (
        [(0, "plan_assigned", {"plan": {"key": "pro_v2"}})],
        (0, ("pro", "active", True)),
    ),
    "a plan that is not in the catalogue gives the default's": (
        [(0, "plan_assigned", {"plan": "gold"})],
        (0, ("free", "plan_unresolved", True)),
    ),
    "a changed plan": (
        [(0, "plan_assigned", {"plan": "pro"}), (9, "plan_changed", {"plan": "starter"})],
        (9, ("starter", "active", True)),
    ),
    "a failed payment leaves a time of grace": (
        [(0, "plan_assigned", {"plan": "pro"}), (DAY, "payment_failed", {})],
        (DAY + GRACE - 1, ("pro", "past_due_in_grace", True)),
    ),
    "the grace runs out by itself": (
        [(0, "plan_assigned", {"plan": "pro"}), (DAY, "payment_failed", {})],
        (DAY + GRACE, ("free", "past_due_expired", False)),
    ),
    "a second failure does not begin the grace anew": (
        [
            (0, "plan_assigned", {"plan": "pro"}),
            (0, "payment_failed", {}),
            (5 * DAY, "payment_failed", {}),
        ],
        (GRACE, ("free", "past_due_expired", False)),
    ),
    "an overdue invoice is a debt like a failed payment": (
        [(0, "plan_assigned", {"plan": "pro"}), (DAY, "invoice_overdue", {})],
        (DAY, ("pro", "past_due_in_grace", True)),
    ),
    "a payment that came in ends it": (
        [
            (0, "plan_assigned", {"plan": "pro"}),
            (DAY, "payment_failed", {}),
            (2 * DAY, "payment_succeeded", {}),
        ],
        (60 * DAY, ("pro", "active", True)),
    ),
    "of one second the payment that came in counts": (
        [
            (0, "plan_assigned", {"plan": "pro"}),
            (DAY, "payment_succeeded", {}),
            (DAY, "payment_failed", {}),
        ],
        (60 * DAY, ("pro", "active", True)),
    ),
    "a cancelled agreement ends at once": (
        [
            (0, "agreement_created", {"agreement_id": "a", "plan": "pro"}),
            (DAY, "agreement_cancelled", {"agreement_id": "a"}),
        ],
        (DAY, ("free", "canceled", False)),
    ),
    "a cancelled agreement with an expiry lasts until then": (
        [
            (0, "agreement_created", {"agreement_id": "a", "plan": "pro"}),
            (DAY, "agreement_cancelled", {"agreement_id": "a", "expires_on": START + 9 * DAY}),
        ],
        (9 * DAY - 1, ("pro", "winding_down", True)),
    ),
    "and not longer": (
        [
            (0, "agreement_created", {"agreement_id": "a", "plan": "pro"}),
            (DAY, "agreement_cancelled", {"agreement_id": "a", "expires_on": START + 9 * DAY}),
        ],
        (9 * DAY, ("free", "winding_down", False)),
    ),
    "a plan that is chosen after the cancellation takes it back": (
        [
            (0, "plan_assigned", {"plan": "pro"}),
            (DAY, "agreement_cancelled", {"expires_on": START + 9 * DAY}),
            (2 * DAY, "plan_changed", {"plan": "starter"}),
        ],
        (60 * DAY, ("starter", "active", True)),
    ),
    "what has ended stays so, whatever is paid after": (
        [
            (0, "plan_assigned", {"plan": "pro"}),
            (DAY, "agreement_cancelled", {}),
            (2 * DAY, "payment_succeeded", {}),
        ],
        (3 * DAY, ("free", "canceled", False)),
    ),
    "somebody who comes back has their plan again": (
        [
            (0, "plan_assigned", {"plan": "pro"}),
            (DAY, "agreement_cancelled", {}),
            (9 * DAY, "plan_assigned", {"plan": "starter"}),
        ],
        (9 * DAY, ("starter", "active", True)),
    ),
    "a payment before anything else was heard": (
        [(0, "payment_failed", {})],
        (0, ("free", "plan_unresolved", True)),
    ),
    "a new agreement takes the place of the old one": (
        [
            (0, "agreement_created", {"agreement_id": "a", "plan": "pro"}),
            (DAY, "agreement_created", {"agreement_id": "b", "plan": "starter"}),
        ],
        (DAY, ("starter", "active", True)),
    ),
    "the end of the old agreement, told after the new one began": (
        [
            (0, "agreement_created", {"agreement_id": "a", "plan": "starter"}),
            (DAY, "agreement_created", {"agreement_id": "b", "plan": "pro"}),
            (DAY + 5, "agreement_cancelled", {"agreement_id": "a"}),
        ],
        (2 * DAY, ("pro", "active", True)),
    ),
    "who comes back after an end that nobody told of begins anew": (
        [
            (0, "agreement_created", {"agreement_id": "a", "plan": "pro"}),
            (DAY, "agreement_cancelled", {"agreement_id": "a", "expires_on": START + 9 * DAY}),
            (20 * DAY, "payment_succeeded", {"agreement_id": "a"}),
        ],
        (20 * DAY, ("free", "canceled", False)),
    ),
    "the end of an agreement that nobody told of ends nothing else": (
        [
            (0, "agreement_created", {"agreement_id": "b", "plan": "pro"}),
            (DAY, "agreement_cancelled", {"agreement_id": "a", "expires_on": START + 9 * DAY}),
            (2 * DAY, "plan_changed", {"plan": "starter"}),
        ],
        (2 * DAY, ("starter", "active", True)),
    ),
    "the same without ids": (
        [
            (0, "plan_assigned", {"plan": "starter"}),
            (DAY, "plan_changed", {"plan": "pro"}),
            (DAY, "agreement_cancelled", {}),
        ],
        (2 * DAY, ("pro", "active", True)),
    ),
    "a cancellation without an id, long after a change": (
        [
            (0, "plan_assigned", {"plan": "starter"}),
            (DAY, "plan_changed", {"plan": "pro"}),
            (DAY + 61, "agreement_cancelled", {}),
        ],
        (2 * DAY, ("free", "canceled", False)),
    ),
}


@pytest.mark.parametrize(("told", "expected"), LEDGERS.values(), ids=LEDGERS.keys())
def test_access(told, expected):
    events = [event(at, kind, **data) for at, kind, data in told]
    assert access(events, expected[0]) == expected[1]
    assert access(events[::-1], expected[0]) == expected[1]


def test_an_agreement_is_one_subscription_under_its_own_id():
    found = rows(
        [
            event(0, "plan_assigned", plan="pro"),
            event(5, "payment_succeeded", agreement={"id": "agr_1"}),
            event(9, "plan_changed", agreement={"id": "agr_1"}, plan="starter"),
        ]
    )
    assert [(s.subscription_id, s.plan, s.status) for s in found.subscriptions] == [
        ("kinde:c:agr_1", "starter", "active")
    ]


def test_a_new_agreement_is_the_same_subscription_going_on():
    found = rows(
        [
            event(0, "agreement_created", agreement_id="one", plan="starter"),
            event(DAY, "agreement_created", agreement_id="two", plan="pro"),
            event(DAY, "agreement_cancelled", agreement_id="one"),
            event(2 * DAY, "payment_failed", agreement_id="one"),
        ]
    )
    assert [(s.subscription_id, s.plan, s.status) for s in found.subscriptions] == [
        ("kinde:c:one", "pro", "active")
    ]


def test_what_ended_by_time_is_over_when_somebody_comes_back():
    found = rows(
        [
            event(0, "agreement_created", agreement_id="one", plan="pro"),
            event(DAY, "agreement_cancelled", agreement_id="one", expires_on=START + 9 * DAY),
            event(20 * DAY, "agreement_created", agreement_id="two", plan="starter"),
        ]
    )
    assert [(s.subscription_id, s.status, s.ended_at) for s in found.subscriptions] == [
        ("kinde:c:one", "canceled", START + 9 * DAY),
        ("kinde:c:two", "active", None),
    ]


def test_an_end_that_was_announced_is_not_awaited_from_stripe():
    events = [
        event(0, "plan_assigned", plan="pro"),
        event(DAY, "agreement_cancelled", expires_on=START + 9 * DAY),
    ]
    found = judge(rows(events).entitlement, START + 10 * DAY, CATALOG)
    assert found.sentence == "Free only: Pro ended on 30 September 2026, as Kinde had announced."
    assert "portal" not in found.what_would_change


ODD = ("a", "a:b", "b", ":1", "1", "a%3Ab", "%", "a:", ":", "é ✓", "a b")


def test_no_two_agreements_of_any_customers_have_one_id():
    """Whatever characters they are made of, and also beside those that have no id."""
    names: list[str] = []
    for customer in ODD:
        for own in (None, *ODD):
            seen = [event(0, "agreement_created", customer, agreement_id=own, plan="pro")]
            names += [s.subscription_id for s in rows(seen, f"kinde:{customer}").subscriptions]
    assert len(names) == len(set(names)) == len(ODD) * (len(ODD) + 1)


def test_what_it_costs_is_unknown_and_says_why_and_moves_nothing():
    (row,) = rows([event(0, "plan_assigned", plan="pro")]).subscriptions
    assert (row.mrr_minor, row.value_minor, row.currency) == (None, None, None)
    assert row.mrr_note == "Kinde does not tell what this plan costs"
    assert rows([event(0, "plan_assigned", plan="pro")]).movements == ()


def test_a_subscription_of_which_no_plan_was_told_costs_nobody_knows_what():
    (row,) = rows([event(0, "payment_succeeded")]).subscriptions
    assert (row.mrr_minor, row.plan, row.mrr_note) == (None, None, "nobody has told what is sold")


def test_people_are_who_was_named_last():
    found = rows(
        [
            event(0, "plan_assigned", plan="pro", org_code="org_1", customer={"email": "a@x.y"}),
            event(1, "payment_succeeded", user={"email": "b@x.y", "first_name": "B", "id": "kp"}),
        ]
    ).customer
    assert (found.org_id, found.email, found.name) == ("org_1", "b@x.y", "B")
    assert (found.needs_reread, found.gaps, found.awaiting) == (False, 0, "")


KINDS = (
    "agreement_created", "plan_assigned", "plan_changed", "agreement_cancelled",
    "payment_failed", "payment_succeeded", "invoice_overdue",
)  # fmt: skip

a_notice = st.tuples(
    st.sampled_from([0, 0, 1, 30, 100]),
    st.sampled_from(KINDS),
    st.sampled_from([None, "a", "b"]),
    st.sampled_from([None, "pro", "starter", "gold"]),
    st.sampled_from([None, 0, 20, 200]),
)


def made(told):
    for number, (at, kind, agreement, plan, ends) in enumerate(told):
        data = {"agreement_id": agreement, "plan": plan or ("pro" if "plan_" in kind else None)}
        data["expires_on"] = None if ends is None else START + ends
        yield event(at, kind, **data) | {"event_id": f"event_{number}"}


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(a_notice, min_size=1, max_size=9), st.integers(0, 2**32))
def test_any_order_and_any_repetition_fold_to_the_same_rows(told, salt):
    events = list(made(told))
    expected = rows(events)
    rng = random.Random(salt)
    shuffled = events + rng.sample(events, len(events) // 2)
    rng.shuffle(shuffled)
    assert rows(shuffled) == expected


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(a_notice, min_size=1, max_size=9))
def test_at_most_one_agreement_is_open(told):
    found = rows(list(made(told)))
    assert sum(row.live for row in found.subscriptions) <= 1
    assert len({row.subscription_id for row in found.subscriptions}) == len(found.subscriptions)


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(a_notice, min_size=1, max_size=9))
def test_steps_follow_one_another_and_nothing_asks_for_a_re_read(told):
    seen = [o for each in made(told) for o in parse_event(each).observations]
    fold = fold_customer("kinde:c", seen, RULES)
    for folded in fold.all:
        seconds = [step.second for step in folded.steps]
        assert seconds == sorted(set(seconds))
        assert not folded.ambiguous
        assert folded.gaps == 0
    assert decide(fold, None, START) == project(fold).entitlement
    assert project(fold).ledger is None  # always folded from all that was heard
