"""The table of access rules, row by row, and the clock that readers bring to it."""

from __future__ import annotations

import pytest

from lib.billing.domain.access import judge, merge
from lib.billing.domain.fold import Rules, fold_customer
from lib.billing.domain.project import project

from .states import CATALOG, item, price, seen, subscription

DAY = 86_400
T = 1_700_000_000
END = T + 20 * DAY


def access(*observations, now: int = T + DAY):
    rows = project(fold_customer("cus_1", observations, Rules(CATALOG)))
    return judge(rows.entitlement, now, CATALOG)


def one(state, *, now: int = T + DAY):
    return access(seen(state, T, kind="created"), now=now)


UNMAPPED = [item(price("unheard_of"))]

TABLE = {
    "active": (subscription(), "active", True, "pro", None),
    "trialing": (subscription("trialing", trial_end=END), "trialing", True, "pro", None),
    "a date alone winds down": (subscription(cancel_at=END), "winding_down", True, "pro", END),
    "the boolean alone winds down to the earliest item's end": (
        subscription(cancel_at_period_end=True, items=[item(end=END + 5), item(end=END)]),
        "winding_down", True, "pro", END,
    ),
    "with both the date decides": (
        subscription(cancel_at_period_end=True, cancel_at=END, items=[item(end=END + 5)]),
        "winding_down", True, "pro", END,
    ),
    "a trial that is canceled winds down": (
        subscription("trialing", cancel_at=END), "winding_down", True, "pro", END,
    ),
    "past due within grace": (
        subscription("past_due"), "past_due_in_grace", True, "pro", T + 14 * DAY,
    ),
    "past due and ending sooner than grace": (
        subscription("past_due", cancel_at=T + 2 * DAY), "past_due_in_grace", True, "pro",
        T + 2 * DAY,
    ),
    "collection paused": (
        subscription(pause={"behavior": "void", "resumes_at": None}),
        "collection_paused", True, "pro", None,
    ),
    "paused": (subscription("paused"), "paused", False, "free", None),
    "unpaid": (subscription("unpaid"), "unpaid", False, "free", None),
    "canceled": (
        subscription("canceled", ended_at=T), "canceled", False, "free", T,
    ),
    "incomplete": (subscription("incomplete"), "no_subscription", False, "free", None),
    "incomplete and expired": (
        subscription("incomplete_expired"), "no_subscription", False, "free", None,
    ),
    "a status that Stripe has added since": (
        subscription("hibernating"), "no_subscription", False, "free", None,
    ),
    "an unknown price grants and guesses nothing": (
        subscription(items=UNMAPPED), "plan_unresolved", True, "free", None,
    ),
    "a mapped item beside an unmapped one decides": (
        subscription(items=[*UNMAPPED, item()]), "active", True, "pro", None,
    ),
    "an unknown price that is unpaid is unpaid": (
        subscription("unpaid", items=UNMAPPED), "unpaid", False, "free", None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("state", "rule", "granted", "plan", "until"), TABLE.values(), ids=TABLE.keys()
)
def test_rule(state, rule, granted, plan, until):
    found = one(state)
    assert (found.rule, found.access, found.plan, found.access_until) == (
        rule,
        granted,
        plan,
        until,
    )
    assert found.sentence.endswith(".")
    assert found.what_would_change.endswith(".")


def test_nobody_without_a_subscription_has_more_than_the_default_plan():
    customer = {"org_id": "org_1", "email": None, "name": None, "created": T}
    found = access(seen(customer, T, object_id="cus_1", object_type="customer", kind="created"))
    assert (found.rule, found.access, found.plan, found.status) == (
        "no_subscription",
        False,
        "free",
        None,
    )


def test_a_price_that_the_catalogue_does_not_know_is_flagged_beside_one_that_it_does():
    mixed = one(subscription(items=[*UNMAPPED, item()]))
    assert not mixed.plan_resolved
    assert mixed.sentence.endswith("; another of its prices is not in the catalogue.")
    assert not one(subscription(items=UNMAPPED)).plan_resolved
    assert one(subscription()).plan_resolved


CLOCK = {
    "grace is over": (subscription("past_due"), T + 14 * DAY, "past_due_expired", False, "free"),
    "a second before grace is over": (
        subscription("past_due"), T + 14 * DAY - 1, "past_due_in_grace", True, "pro",
    ),
    "the end has passed and Stripe's event is awaited": (
        subscription(cancel_at=END), END, "winding_down", False, "free",
    ),
    "an unknown price within grace": (
        subscription("past_due", items=UNMAPPED), T + DAY, "plan_unresolved", True, "free",
    ),
    "an unknown price beyond grace": (
        subscription("past_due", items=UNMAPPED), T + 15 * DAY, "past_due_expired", False, "free",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("state", "now", "rule", "granted", "plan"), CLOCK.values(), ids=CLOCK.keys()
)
def test_time_passes_without_any_event(state, now, rule, granted, plan):
    found = one(state, now=now)
    assert (found.rule, found.access, found.plan) == (rule, granted, plan)


def test_the_sentence_says_that_the_end_has_passed_without_stripes_event():
    assert "awaited" in one(subscription(cancel_at=END), now=END).sentence


def test_the_sentence_names_a_status_that_nobody_here_knows():
    assert "hibernating" in one(subscription("hibernating")).sentence


def test_grace_counts_from_becoming_past_due_not_from_the_latest_event():
    late = subscription("past_due", latest_invoice="in_2")
    found = access(
        seen(subscription(), T, kind="created"),
        seen(subscription("past_due"), T + DAY, before=subscription()),
        seen(late, T + 9 * DAY, before=subscription("past_due")),
        now=T + 9 * DAY,
    )
    assert found.access_until == T + 15 * DAY


def test_the_last_known_plan_stays_when_a_price_is_unknown():
    found = access(
        seen(subscription(), T, kind="created"),
        seen(subscription(items=UNMAPPED), T + DAY, before=subscription()),
    )
    assert (found.rule, found.plan, found.features) == (
        "plan_unresolved",
        "pro",
        ("analytics", "api"),
    )


STARTER = [item(price("starter_monthly"))]
SEVERAL = {
    "the highest rank decides": (
        [subscription(items=STARTER), subscription()], ("pro", "active", 10),
    ),
    "the end of an old one never wipes the new one": (
        [subscription(items=STARTER), subscription("canceled", ended_at=T)],
        ("starter", "active", 3),
    ),
    "one that only might pay does not outrank one that grants": (
        [subscription(items=STARTER), subscription("unpaid")], ("starter", "active", 3),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("states", "expected"), SEVERAL.values(), ids=SEVERAL.keys())
def test_several_subscriptions(states, expected):
    told = [
        seen(
            s, T, kind="terminal" if s["status"] == "canceled" else "created", object_id=f"sub_{n}"
        )
        for n, s in enumerate(states)
    ]
    found = access(*told)
    assert (found.plan, found.rule, found.limits["seats"]) == expected


def test_when_the_best_runs_out_the_next_best_decides_without_any_event():
    told = [
        seen(subscription(cancel_at=END), T, kind="created", object_id="sub_pro"),
        seen(subscription(items=STARTER), T, kind="created", object_id="sub_starter"),
    ]
    assert access(*told, now=END - 1).plan == "pro"
    after = access(*told, now=END)
    assert (after.plan, after.rule, after.access, after.limits["seats"]) == (
        "starter",
        "active",
        True,
        3,
    )


def test_features_are_the_union_and_limits_the_maximum():
    items = [item(price("starter_monthly"), id="si_1"), item(price(), id="si_2")]
    found = one(subscription(items=items))
    assert (found.features, dict(found.limits)) == (
        ("analytics", "api"),
        {"projects": 5, "seats": 10},
    )


def test_several_customers_of_one_organization_answer_the_best():
    best = merge([one(subscription("unpaid")), one(subscription(items=STARTER))], CATALOG)
    assert best is not None
    assert best.plan == "starter"
    assert merge([], CATALOG) is None


PLANS = {
    "by lookup key": (price("pro_monthly"), "pro"),
    "by price id when the key is gone": (price(None, id="price_legacy_pro"), "pro"),
    "by product when neither is listed": (price(None, product="prod_pro"), "pro"),
    "the key wins over the product": (price("starter_monthly", product="prod_pro"), "starter"),
    "never by amount": (price(None, amount="2900"), None),
}


@pytest.mark.parametrize(("priced", "plan"), PLANS.values(), ids=PLANS.keys())
def test_a_price_maps_to_a_plan(priced, plan):
    found = CATALOG.plan_of(priced)
    assert (found.slug if found else None) == plan
