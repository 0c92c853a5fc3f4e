"""One customer's page: the answer, the story behind it, and both at an earlier time."""

from __future__ import annotations

import pytest

from lib.billing.domain.errors import NoCustomer
from lib.billing.store.engine import Store
from tests.domain.states import item, price
from tests.reports.ledger import at, changed, created, customer, desk, ended, paying
from tests.reports.test_report_rows import ACTIVE, ANN_LEAVES, BOB_FAILS, STARTER, WANTS_OUT

SIBLING = created("customer", "cus_7", customer(org_id="org_1"), "2026-02-01", "cus_7")
GONE = ended(
    "sub_1",
    WANTS_OUT | {"status": "canceled", "ended_at": at("2026-04-05")},
    "2026-04-05T00:01",
    "cus_1",
)


def test_the_page_answers_with_sentence_rule_and_event(store: Store) -> None:
    view = desk(store, [*ANN_LEAVES, SIBLING], "2026-03-15").customer("cus_1")
    assert view.access_sentence == (
        "Pro until 5 April 2026: the subscription is winding down, canceled on 10 March 2026."
    )
    assert (view.access.rule, view.access.event_id) == (
        "winding_down",
        ANN_LEAVES[-1].event_id,
    )
    assert (view.plan_name, view.feature_names) == ("Pro", ("Advanced analytics", "API access"))
    assert [row.ends_at for row in view.subscriptions] == [at("2026-04-05")]
    assert view.same_org == ("cus_7",)


def test_the_timeline_is_the_story_newest_first(store: Store) -> None:
    told = desk(store, [*ANN_LEAVES, GONE], "2026-04-10").timeline("cus_1").rows
    assert [entry.sentence for entry in told] == [
        "Churn: MRR from 29.00 USD to 0.00 USD.",
        "Free only: the Pro subscription ended on 5 April 2026.",
        "Subscription ended (cancellation requested).",
        "Pro until 5 April 2026: the subscription is winding down, canceled on 10 March 2026.",
        "Cancellation scheduled for 5 April 2026 (too expensive).",
        "New: MRR from 0.00 USD to 29.00 USD.",
        "Pro: the subscription is active and renews on 5 April 2026.",
        "Subscription to Pro, every month began as active.",
        "Customer created.",
    ]
    assert told[3].event_id == told[4].event_id == ANN_LEAVES[-1].event_id
    assert [entry.at for entry in told] == sorted((e.at for e in told), reverse=True)


def test_a_failed_payment_is_told_by_attempt_and_decline(store: Store) -> None:
    portside = desk(store, BOB_FAILS, "2026-03-15")
    told = portside.timeline("cus_2", kinds=("invoice", "payment", "subscription"), limit=4)
    assert [entry.sentence for entry in told.rows] == [
        "Invoice PORT-0001: payment attempt 1 failed, next try 8 March 2026.",
        "Payment declined: The card has expired (expired_card).",
        "Status changed from active to past_due.",
        "Invoice PORT-0001 opened: 29.00 USD.",
    ]
    assert portside.customer("cus_2").balances == {"usd": 2900}


def test_a_change_of_plan_and_an_undone_cancellation_are_told(store: Store) -> None:
    story = [
        created("subscription", "sub_1", STARTER, "2026-01-05", "cus_1"),
        changed("subscription", "sub_1", STARTER, ACTIVE, "2026-02-01", "cus_1"),
        changed("subscription", "sub_1", ACTIVE, WANTS_OUT, "2026-03-10", "cus_1"),
        changed("subscription", "sub_1", WANTS_OUT, ACTIVE, "2026-03-11", "cus_1"),
    ]
    told = desk(store, story, "2026-03-15").timeline("cus_1", kinds=("subscription",)).rows
    assert [e.sentence for e in told] == [
        "Cancellation undone.",
        "Cancellation scheduled for 5 April 2026 (too expensive).",
        "Plan changed from Starter, every month to Pro, every month.",
        "Subscription to Starter, every month began as active.",
    ]


@pytest.mark.parametrize(
    ("when", "rule", "access", "entries"),
    [
        ("2026-01-05", "active", True, 4),
        ("2026-03-10", "winding_down", True, 6),
        ("2026-04-05", "canceled", False, 9),
        ("2026-01-04", "no_subscription", False, 1),
    ],
)
def test_the_page_at_an_earlier_time_is_the_page_of_that_time(
    when: str, rule: str, access: bool, entries: int, store: Store
) -> None:
    portside = desk(store, [*ANN_LEAVES, GONE], "2026-04-10")
    view = portside.customer("cus_1", at=at(when))
    told = portside.timeline("cus_1", at=at(when)).total
    assert (view.access.rule, view.access.access, told) == (rule, access, entries)
    assert view.at == at(when)


def test_the_page_at_now_is_what_the_projection_keeps(store: Store) -> None:
    portside = desk(store, [*ANN_LEAVES, *BOB_FAILS, SIBLING], "2026-03-15T12:00")
    for customer_id in ("cus_1", "cus_2", "cus_7"):
        kept = portside.customer(customer_id)
        made = portside.customer(customer_id, at=at("2026-03-15T12:00"))
        assert kept == made


def test_before_anything_was_known_the_page_says_so(store: Store) -> None:
    portside = desk(store, ANN_LEAVES, "2026-03-15")
    with pytest.raises(NoCustomer, match="Nothing of cus_1 was known at 2025-12-31T00:00:00Z"):
        portside.customer("cus_1", at=at("2025-12-31"))
    for wanted in ("cus_9", "cus_9\x00", " cus_9\ud800"):
        with pytest.raises(NoCustomer, match="No customer matches 'cus_9'"):
            portside.customer(wanted)


def test_an_explanation_names_the_chain_behind_the_answer(store: Store) -> None:
    [told] = desk(store, BOB_FAILS, "2026-03-20").explain("bob@example.com")
    assert told.to_text().splitlines() == [
        "cus_2",
        "Free only: payment for Pro is past due since 5 March 2026 and the days of grace ended on "
        "19 March 2026.",
        "Rule past_due_expired, access no, plan free, at 2026-03-20T00:00:00Z, event "
        f"{BOB_FAILS[2].event_id}.",
        "What would change it: Paying the latest invoice, or a working card before the next retry.",
        "  2026-01-05T00:00:00Z  Subscription to Pro, every month began as active.  "
        f"{BOB_FAILS[1].event_id}",
        f"  2026-03-05T00:00:00Z  Invoice PORT-0001 opened: 29.00 USD.  {BOB_FAILS[3].event_id}",
        f"  2026-03-05T01:00:00Z  Status changed from active to past_due.  {BOB_FAILS[2].event_id}",
        "  2026-03-05T01:00:00Z  Invoice PORT-0001: payment attempt 1 failed, next try "
        f"8 March 2026.  {BOB_FAILS[4].event_id}",
    ]


def test_of_many_renewals_an_explanation_keeps_the_last(store: Store) -> None:
    months = [ACTIVE | {"items": [item(price(), end=at(f"2026-0{n}-05"))]} for n in (2, 3, 4)]
    story = [
        created("subscription", "sub_1", months[0], "2026-01-05", "cus_1"),
        changed("subscription", "sub_1", months[0], months[1], "2026-02-05", "cus_1"),
        changed("subscription", "sub_1", months[1], months[2], "2026-03-05", "cus_1"),
    ]
    portside = desk(store, story, "2026-03-15")
    [told] = portside.explain("cus_1")
    assert [entry.sentence for entry in told.chain] == [
        "Subscription to Pro, every month began as active.",
        "Next period runs until 5 April 2026.",
    ]
    assert portside.timeline("cus_1", kinds=("subscription",)).total == 3


def test_an_organization_is_explained_customer_by_customer_the_best_first(store: Store) -> None:
    portside = desk(store, [SIBLING, *ANN_LEAVES], "2026-03-15")
    told = portside.explain("org_1")
    assert [(e.customer_id, e.access) for e in told] == [("cus_1", True), ("cus_7", False)]
    assert [e.customer_id for e in portside.explain("org_1", at("2026-01-20"))] == ["cus_1"]
    with pytest.raises(NoCustomer):
        portside.explain("org_2")


def test_an_explanation_as_plain_values_has_times_with_z(store: Store) -> None:
    [told] = desk(store, ANN_LEAVES, "2026-03-15").explain("cus_1")
    values = told.to_dict()
    assert values["at"] == "2026-03-15T00:00:00Z"
    assert values["chain"][-1] == {
        "at": "2026-03-10T00:00:00Z",
        "sentence": "Cancellation scheduled for 5 April 2026 (too expensive).",
        "event_id": ANN_LEAVES[-1].event_id,
        "subject": "sub_1",
    }


def test_hostile_words_stay_on_their_line_of_the_terminal(store: Store) -> None:
    rude = [
        created("customer", "cus_1", customer(org_id="org\x1b[2J\n1"), "2026-01-01", "cus_1"),
        created("subscription", "sub_1", paying(), "2026-01-05", "cus_1"),
    ]
    [told] = desk(store, rude, "2026-03-15").explain("cus_1")
    assert told.to_text().splitlines()[0] == "cus_1 (org [2J 1)"
