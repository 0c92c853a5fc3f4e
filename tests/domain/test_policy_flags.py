"""A ledger for every flag of a policy that moves MRR: the same life in, by its value other rows."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from lib.billing.domain.fold import Rules, fold_customer, mark_of
from lib.billing.domain.movements import movements
from lib.billing.domain.policy import PRESETS, Policy
from lib.billing.domain.policy_flags import FLAGS
from lib.billing.domain.project import project
from lib.billing.domain.references import References

from .states import CATALOG, discount, item, price, seen, subscription
from .test_movements import DAY, T, ended, history, paying

PORTSIDE = PRESETS["portside"]
PAUSE = {"behavior": "void", "resumes_at": None}


def coupon(percent: str, duration: str):
    return {
        "percent_off": percent, "amount_off": None, "currency": None, "duration": duration,
        "duration_in_months": None, "name": None,
    }  # fmt: skip


REFERENCES = References(
    coupons={"HALF": coupon("50", "repeating"), "GONE": coupon("100", "forever")}
)
HALF = seen(discount(coupon="HALF"), T - DAY, object_type="discount", object_id="di_half")
GONE = seen(discount(coupon="GONE"), T - DAY, object_type="discount", object_id="di_gone")

TRIAL = history("s", (T, paying(10, "trialing")), (T + 7 * DAY, paying(10)))
UNPAID = history("s", (T, paying(10)), (T + DAY, paying(10, "unpaid")))
INCOMPLETE = history("s", (T, paying(10, "incomplete")), (T + DAY, paying(10)))
PAUSED = history("s", (T, paying(10)), (T + DAY, paying(10, "paused")))
HELD = history("s", (T, paying(10)), (T + DAY, paying(10, pause=PAUSE)), (T + 2 * DAY, paying(10)))
COUPON = [HALF, *history("s", (T, paying(10, discounts=["di_half"])), (T + DAY, paying(10)))]
GIVEN = [GONE, *history("s", (T, paying(10)), (T + DAY, paying(10, discounts=["di_gone"])))]
LEAVING = history(
    "s",
    (T, paying(10)),
    (T + DAY, paying(10, cancel_at_period_end=True, canceled_at=T + DAY)),
    (T + 9 * DAY, ended(10, T + 9 * DAY)),
)
LATE = history("s", (T, paying(10)), (T + DAY, paying(10, "past_due")), (T + 20 * DAY, paying(10)))
STILL_LATE = LATE[:-1]


def with_status(*statuses: str) -> Policy:
    return replace(PORTSIDE, statuses=frozenset(statuses))


LEDGER = {
    "statuses: a trial does not count": (PORTSIDE, TRIAL, [(7, "new", 10)], 10),
    "statuses: a trial counts where it is named": (
        with_status("active", "trialing"),
        TRIAL,
        [(0, "new", 10)],
        10,
    ),
    "statuses: unpaid is churn": (PORTSIDE, UNPAID, [(0, "new", 10), (1, "churn", -10)], 0),
    "statuses: unpaid counts where it is named": (
        with_status("active", "unpaid"),
        UNPAID,
        [(0, "new", 10)],
        10,
    ),
    "statuses: incomplete grants nothing": (PORTSIDE, INCOMPLETE, [(1, "new", 10)], 10),
    "statuses: incomplete counts where it is named": (
        with_status("active", "incomplete"),
        INCOMPLETE,
        [(0, "new", 10)],
        10,
    ),
    "statuses: paused is churn": (PORTSIDE, PAUSED, [(0, "new", 10), (1, "churn", -10)], 0),
    "statuses: paused counts for chartmogul": (
        PRESETS["chartmogul"],
        PAUSED,
        [(0, "new", 10)],
        10,
    ),
    "statuses: past due is churn where it is not named": (
        with_status("active"),
        STILL_LATE,
        [(0, "new", 10), (1, "churn", -10)],
        0,
    ),
    "collection_paused: no": (
        PORTSIDE,
        HELD,
        [(0, "new", 10), (1, "churn", -10), (2, "reactivation", 10)],
        10,
    ),
    "collection_paused: yes": (
        replace(PORTSIDE, collection_paused=True),
        HELD,
        [(0, "new", 10)],
        10,
    ),
    "discounts: a repeating coupon was never off, so its end is no expansion": (
        PORTSIDE,
        COUPON,
        [(0, "new", 10)],
        10,
    ),
    "discounts: all, and the end of the coupon is expansion": (
        replace(PORTSIDE, discounts="all"),
        COUPON,
        [(0, "new", 5), (1, "expansion", 5)],
        10,
    ),
    "discounts: none, and a coupon for ever is not off either": (
        replace(PORTSIDE, discounts="none"),
        GIVEN,
        [(0, "new", 10)],
        10,
    ),
    "leaves_when_scheduled: at the end": (
        PORTSIDE,
        LEAVING,
        [(0, "new", 10), (9, "churn", -10)],
        0,
    ),
    "leaves_when_scheduled: at the request": (
        replace(PORTSIDE, leaves_when_scheduled=True),
        LEAVING,
        [(0, "new", 10), (1, "churn", -10)],
        0,
    ),
    "past_due_leaves_after_days: never": (PORTSIDE, LATE, [(0, "new", 10)], 10),
    "past_due_leaves_after_days: churn on the day, reactivation when it pays": (
        replace(PORTSIDE, past_due_leaves_after_days=7),
        LATE,
        [(0, "new", 10), (8, "churn", -10), (20, "reactivation", 10)],
        10,
    ),
    "past_due_leaves_after_days: still past due": (
        replace(PORTSIDE, past_due_leaves_after_days=7),
        STILL_LATE,
        [(0, "new", 10), (8, "churn", -10)],
        0,
    ),
    "past_due_leaves_after_days: not as long as that": (
        replace(PORTSIDE, past_due_leaves_after_days=60),
        STILL_LATE,
        [(0, "new", 10)],
        10,
    ),
    "zero_stays_customer: no": (PORTSIDE, GIVEN, [(0, "new", 10), (1, "churn", -10)], 0),
    "zero_stays_customer: yes": (
        replace(PORTSIDE, zero_stays_customer=True),
        GIVEN,
        [(0, "new", 10), (1, "contraction", -10)],
        0,
    ),
    "zero_stays_customer: who is past due for too long is gone all the same": (
        replace(PORTSIDE, zero_stays_customer=True, past_due_leaves_after_days=7),
        STILL_LATE,
        [(0, "new", 10), (8, "churn", -10)],
        0,
    ),
}


@pytest.mark.parametrize(("policy", "told", "moved", "now"), LEDGER.values(), ids=LEDGER.keys())
def test_a_flag_decides_what_moves_and_what_counts_now(policy, told, moved, now):
    rules = Rules(CATALOG, policy, REFERENCES, until=T + 30 * DAY)
    fold = fold_customer("cus_1", told, rules)
    found = [((m.occurred_at - T) // DAY, m.kind, m.delta_minor) for m in movements(fold)]
    assert found == moved
    (row,) = project(fold).subscriptions
    assert row.mrr_minor == now == sum(delta for _, _, delta in moved)


def test_a_row_tells_what_it_is_worth_whatever_discounts_a_policy_takes_off():
    told = [HALF, GONE, *history("s", (T, paying(1_000, discounts=["di_half"])))]
    (row,) = project(
        fold_customer("cus_1", told, Rules(CATALOG, PORTSIDE, REFERENCES))
    ).subscriptions
    assert (row.gross_minor, row.value_minor, row.discounted_minor) == (1_000, 1_000, 500)


def test_a_price_that_includes_tax_counts_as_listed_and_is_flagged():
    taxed = price(amount="1190", tax_behavior="inclusive")
    told = history("s", (T, subscription(items=[item(taxed), item(price(amount="1"), id="si_2")])))
    (row,) = project(fold_customer("cus_1", told, Rules(CATALOG))).subscriptions
    assert row.mrr_minor == 1_191
    assert [held["tax_inclusive"] for held in row.items] == [True, False]


OTHERWISE = {
    "statuses": frozenset({"active"}),
    "collection_paused": True,
    "discounts": "none",
    "leaves_when_scheduled": True,
    "past_due_leaves_after_days": 9,
    "zero_stays_customer": True,
    "customer_churn": "stripe",
    "churn_skips_same_month": True,
    "quick_ratio_reactivation": True,
    "cohort_months": "utc",
    "ltv_trailing_months": 3,
}


@pytest.mark.parametrize("flag", OTHERWISE)
def test_every_flag_is_in_the_mark_of_the_rules(flag):
    other = replace(PORTSIDE, **{flag: OTHERWISE[flag]})
    assert mark_of(Rules(CATALOG, other)) != mark_of(Rules(CATALOG, PORTSIDE))


def test_every_flag_has_its_words_and_its_ledger_or_is_of_rates():
    names = {field.name for field in fields(Policy)} - {"slug"}
    assert names == {flag.name for flag in FLAGS} == OTHERWISE.keys()
    told = {name.split(":")[0] for name in LEDGER}
    rates = {
        "customer_churn",
        "churn_skips_same_month",
        "quick_ratio_reactivation",
        "cohort_months",
        "ltv_trailing_months",
    }
    assert told == names - rates


TABLE = {
    "portside": "active past_due; no; forever; at the end; never; churned; chartmogul",
    "stripe": "active past_due; yes; forever; when scheduled; never; churned; stripe",
    "chartmogul": "active past_due paused; yes; all; at the end; never; contraction; chartmogul",
    "profitwell": "active past_due; no; all; at the end; never; churned; chartmogul, neither",
}


@pytest.mark.parametrize("preset", TABLE)
def test_the_presets_are_the_published_table(preset):
    policy = PRESETS[preset]
    churn = policy.customer_churn + (", neither" if policy.churn_skips_same_month else "")
    said = (
        " ".join(sorted(policy.statuses)),
        "yes" if policy.collection_paused else "no",
        policy.discounts,
        "when scheduled" if policy.leaves_when_scheduled else "at the end",
        "never" if policy.past_due_leaves_after_days is None else "some day",
        "contraction" if policy.zero_stays_customer else "churned",
        churn,
    )
    assert "; ".join(said) == TABLE[preset]


def test_under_a_policy_where_mrr_leaves_when_scheduled_churn_is_dated_at_the_request_also_unseen():
    leaving = paying(
        10, start_date=T - 90 * DAY, cancel_at_period_end=True, canceled_at=T - 5 * DAY
    )
    told = [seen(leaving, T, event_id="read:sub_1:1")]
    rules = Rules(CATALOG, PRESETS["stripe"])
    found = movements(fold_customer("cus_1", told, rules))
    assert [(m.kind, m.occurred_at, m.reconstructed) for m in found] == [
        ("new", T - 90 * DAY, True),
        ("churn", T - 5 * DAY, True),
    ]
