"""Scenarios about payments and invoices: dunning, trials that do not pay, ageing."""

from __future__ import annotations

from collections.abc import Callable

from lib.sandbox.billing import credit_notes, invoices
from lib.sandbox.world.calendar import DAY, HOUR, anchor_for
from lib.sandbox.world.playbill import playbill
from lib.sandbox.world.stage import Stage

SCENARIOS, scenario = playbill()
DECLINING = "pm_card_chargeCustomerFail"
INSUFFICIENT_FUNDS = "4000000000009995"

AGES: dict[str, float] = {
    "not_due": -0.5,
    "one_hour": 1 / 24,
    "thirty_days": 30,
    "thirty_and_a_half": 30.5,
    "sixty_days": 60,
    "sixty_and_a_half": 60.5,
    "ninety_and_a_half": 90.5,
    "one_hundred_twenty": 120,
    "beyond": 121,
}
"""Days since the due date, by label, of the scenario `ageing_edges`."""


@scenario("past_due_then_active", "Payment fails, then succeeds: no movement", 3)
def past_due_then_active(stage: Stage) -> str:
    due = stage.now - 6 * DAY
    with stage.at(unix=anchor_for(due, 2)):
        customer = stage.customer("payer")
        stage.subscribe(customer, "pro_monthly")
    with stage.at(unix=due - DAY):
        stage.replace_card(customer, INSUFFICIENT_FUNDS)
    with stage.at(unix=due + 2 * DAY):
        stage.mend_card(customer)
    return "active, past_due, active again: MRR never moved, the invoice counts as recovered."


@scenario("past_due_today", "A card has just failed", 3)
def past_due_today(stage: Stage) -> str:
    due = stage.now - 2 * HOUR
    with stage.at(unix=anchor_for(due, 2)):
        customer = stage.customer("payer")
        stage.subscribe(customer, "pro_monthly")
    with stage.at(unix=due - DAY):
        stage.replace_card(customer, INSUFFICIENT_FUNDS)
    return "past_due within grace, a retry is planned; a new card in the portal settles it."


@scenario("trial_unpaid_first_invoice", "Trial turns active, its first invoice fails", 6)
def trial_unpaid_first_invoice(stage: Stage) -> str:
    with stage.at(days_ago=14, unix=stage.now - 14 * DAY - 30 * 60):
        active = stage.customer("converting", card=DECLINING)
        stage.subscribe(active, "pro_monthly", trial_period_days=14)
    return "The trial ended half an hour ago: active, the first invoice is still a draft."


@scenario("trial_then_unpaid", "A trial converts and never pays", 6)
def trial_then_unpaid(stage: Stage) -> str:
    with stage.retries_end_in("unpaid"):
        with stage.at(days_ago=33):
            customer = stage.customer("never_pays", card=DECLINING)
            stage.subscribe(customer, "pro_monthly", trial_period_days=14)
        stage.until_now()
    return "Counted from the trial's end; unpaid after the last retry, which is churn."


@scenario("several_currencies", "Four currencies, never summed", 12)
def several_currencies(stage: Stage) -> str:
    prices = {
        "dollars": "pro_monthly",
        "euros": "pro_monthly_eur",
        "yen": "pro_monthly_jpy",
        "dinars": "pro_monthly_kwd",
    }
    with stage.at(days_ago=10):
        for label, price in prices.items():
            stage.subscribe(stage.customer(label, org="org_four_currencies"), price)
    return "2900 cents, 2900 cents, 4300 yen without decimals, 8950 fils with three."


@scenario("ageing_edges", "Open invoices at the edges of the ageing buckets", 16)
def ageing_edges(stage: Stage) -> str:
    for label, age in sorted(AGES.items(), key=lambda entry: -entry[1]):
        with stage.at(days_ago=age + 7):
            _owe(stage, label)
    with stage.at(days_ago=40):
        customer = _owe(stage, "credited")
        for invoice in stage.sandbox.find("invoice", customer=customer, status="open"):
            credit_notes.create(stage.sandbox, {"invoice": invoice["id"], "amount": 40_000})
    with stage.at(days_ago=5):
        _settle(stage, "voided", invoices.void)
        _settle(stage, "uncollectible", invoices.mark_uncollectible)
    with stage.at(days_ago=4):
        customer = stage.customer("no_due_date", card=DECLINING)
        stage.subscribe(customer, "pro_monthly", trial_end=stage.now - 2 * DAY)
    return "One open invoice at each edge; a voided and an uncollectible one are in no bucket."


def _owe(stage: Stage, label: str) -> str:
    """A bill finalised now and due in seven days; its customer's id."""
    customer = stage.customer(label, card=None)
    stage.subscribe(customer, "business_yearly", collection_method="send_invoice", days_until_due=7)
    for invoice in stage.sandbox.find("invoice", customer=customer, status="draft"):
        invoices.finalize(stage.sandbox, invoice["id"], {})
    return customer


def _settle(stage: Stage, label: str, how: Callable[..., object]) -> None:
    customer = _owe(stage, label)
    for invoice in stage.sandbox.find("invoice", customer=customer, status="open"):
        how(stage.sandbox, invoice["id"])
