"""Metrics of churn, retention and what they are worth."""

from __future__ import annotations

from typing import Final

from .. import churn_rates as rates
from .metric import Metric

_ROLL_FORWARD: Final = (
    "statuses",
    "collection_paused",
    "discounts",
    "leaves_when_scheduled",
    "zero_stays_customer",
)

METRICS: Final = (
    Metric(
        "customer_churn",
        "Customer churn",
        "share",
        "down",
        "Customers who churned in the period, without those who joined in it or came back in it, "
        "divided by customers at its start; Stripe's policy divides all who churned by active at "
        "the start plus new, by months over the 30 days before the month's end.",
        "ChartMogul help; Stripe Billing glossary; ProfitWell: new and churned in one month is "
        "neither",
        (*_ROLL_FORWARD, "customer_churn", "churn_skips_same_month"),
        rates.customer_churn,
    ),
    Metric(
        "gross_mrr_churn",
        "Gross MRR churn",
        "share",
        "down",
        "Churn and contraction of the period divided by MRR at its start.",
        "ChartMogul help",
        _ROLL_FORWARD,
        rates.gross_mrr_churn,
    ),
    Metric(
        "net_mrr_churn",
        "Net MRR churn",
        "share",
        "down",
        "Churn and contraction less expansion and reactivation, divided by MRR at the start of the "
        "period; below zero where more was won than lost.",
        "ChartMogul help",
        _ROLL_FORWARD,
        rates.net_mrr_churn,
    ),
    Metric(
        "grr",
        "Gross revenue retention",
        "share",
        "up",
        "MRR at the start of the period less contraction and churn, divided by MRR at its start.",
        "ChartMogul help",
        _ROLL_FORWARD,
        rates.grr,
    ),
    Metric(
        "nrr",
        "Net revenue retention",
        "share",
        "up",
        "MRR at the start of the period plus expansion less contraction and churn, divided by MRR "
        "at its start; new and reactivation are in neither part, so it is not 1 less net churn.",
        "Stripe Billing glossary; its cohort example prints 102.5 %, by its own definition it is "
        "97.5 %",
        _ROLL_FORWARD,
        rates.nrr,
    ),
    Metric(
        "ltv",
        "Lifetime value",
        "money",
        "up",
        "ARPA divided by customer churn of the period, or by that of the trailing complete months "
        "taken together where the policy says so; absent where nobody churned.",
        "ChartMogul help; Stripe Billing glossary, which prints 5,555 from a rounded 9 %, exact is "
        "5,500",
        (*_ROLL_FORWARD, "customer_churn", "churn_skips_same_month", "ltv_trailing_months"),
        rates.ltv,
    ),
    Metric(
        "quick_ratio",
        "Quick ratio",
        "ratio",
        "up",
        "New and expansion divided by contraction and churn of the period; reactivation is a gain "
        "only where the policy says so.",
        "Published example: 28,000 gained to 8,000 lost is 3.5",
        (*_ROLL_FORWARD, "quick_ratio_reactivation"),
        rates.quick_ratio,
    ),
    Metric(
        "trial_conversion",
        "Trial conversion",
        "share",
        "up",
        "Trials that ended in the period and became active, also with an unpaid first invoice, "
        "divided by trials that ended in it.",
        "Portside",
        (),
        rates.trial_conversion,
    ),
    Metric(
        "customers_churned",
        "Customers who churned",
        "count",
        "down",
        "Customers whose MRR came down to zero in the period, each once, also those who joined or "
        "came back in it.",
        "ChartMogul help",
        (*_ROLL_FORWARD, "customer_churn", "churn_skips_same_month"),
    ),
    Metric(
        "voluntary_churn",
        "Voluntary churn",
        "count",
        "down",
        "Customers who churned and whose subscription ended because its cancellation was asked "
        "for, by Stripe's cancellation reason.",
        "Stripe, cancellation_details.reason",
    ),
    Metric(
        "involuntary_churn",
        "Involuntary churn",
        "count",
        "down",
        "Customers who churned and whose subscription ended because a payment failed or was "
        "disputed, by Stripe's cancellation reason.",
        "Stripe, cancellation_details.reason",
    ),
    Metric(
        "unknown_churn",
        "Churn of unknown cause",
        "count",
        "down",
        "Customers who churned and of whose subscription Stripe gives no cancellation reason.",
        "Stripe, cancellation_details.reason",
    ),
    Metric(
        "churn_reason",
        "Reason for churn",
        "count",
        "neither",
        "Customers who churned by the feedback they chose, else by Stripe's cancellation reason.",
        "Stripe, cancellation_details.feedback",
    ),
    Metric(
        "part_churn",
        "Churn of a part",
        "share",
        "down",
        "Customers at the start of the period who churned and did not come back in it, divided by "
        "all customers at its start, of one plan, billing interval or length of stay.",
        "ChartMogul help",
        _ROLL_FORWARD,
        rates.customer_churn,
    ),
    Metric(
        "cohort_customers",
        "Customers of a cohort who stay",
        "share",
        "up",
        "Customers whose first MRR fell into one month and who pay at the end of a later one, also "
        "after a pause, divided by all whose first MRR fell into it.",
        "Portside",
        (*_ROLL_FORWARD, "cohort_months"),
        rates.retention,
    ),
    Metric(
        "cohort_mrr",
        "MRR of a cohort that stays",
        "share",
        "up",
        "MRR at the end of a month of customers whose first MRR fell into one month, divided by "
        "their MRR at the end of that first month.",
        "Stripe Billing glossary; its example prints 102.5 %, by its own definition it is 97.5 %",
        (*_ROLL_FORWARD, "cohort_months"),
        rates.retention,
    ),
    Metric(
        "save_rate",
        "Save rate",
        "share",
        "up",
        "Scheduled ends whose planned day has passed and that were undone before, divided by all "
        "whose planned day has passed.",
        "Portside",
        (),
        rates.save_rate,
    ),
)
