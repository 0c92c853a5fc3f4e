"""Metrics of single lists: what their cards count, and what a customer's page says in numbers."""

from __future__ import annotations

from typing import Final

from .metric import Metric

METRICS: Final = (
    Metric(
        "ending",
        "Winding down",
        "count",
        "down",
        "Live subscriptions whose end is scheduled, by date or at period end.",
        "Portside",
    ),
    Metric(
        "ending_in_four_weeks",
        "End within four weeks",
        "count",
        "down",
        "Scheduled ends of this week and the three after it, in the business time zone.",
        "Portside",
    ),
    Metric(
        "common_decline",
        "Most common cause",
        "count",
        "neither",
        "The decline code that most of the failing invoices have in common.",
        "Stripe, decline codes",
    ),
    Metric(
        "access_days_left",
        "Days left",
        "days",
        "up",
        "Whole days until access ends, by the policy's grace or by a scheduled end; 0 when it has "
        "ended.",
        "Portside",
    ),
    Metric(
        "largest_plan",
        "Largest plan",
        "share",
        "neither",
        "The plan with the most MRR, and its share of this currency's MRR.",
        "Portside",
    ),
    Metric(
        "billed_yearly",
        "Billed yearly",
        "share",
        "neither",
        "Share of MRR that is billed once a year.",
        "Portside",
    ),
    Metric(
        "customer_mrr",
        "MRR",
        "money",
        "up",
        "Monthly value of this customer's subscriptions that count in MRR, by currency.",
        "Portside",
    ),
    Metric(
        "open_balance",
        "Open invoices",
        "money",
        "down",
        "What is still to be paid on this customer's open invoices, by currency.",
        "Portside",
    ),
    Metric(
        "quantity",
        "Quantity",
        "count",
        "neither",
        "Units of the subscription's licensed items taken together, such as seats.",
        "Stripe, quantity of a subscription item",
    ),
    Metric(
        "came_back",
        "Amount",
        "money",
        "neither",
        "What a refund, a dispute or a credit note took back.",
        "Stripe",
    ),
)
