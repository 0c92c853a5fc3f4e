"""Metrics of scheduled ends: how long each can be saved, what became of them, what was foreseen."""

from __future__ import annotations

from typing import Final

from .metric import Metric

METRICS: Final = (
    Metric(
        "savable_this_week",
        "Can still be saved this week",
        "count",
        "down",
        "Scheduled ends that have not come and come before the week is over, Monday to Sunday in "
        "the business time zone, so that this week is the last in which each can be undone.",
        "Portside",
    ),
    Metric(
        "ending_reason",
        "Reason of the end",
        "count",
        "down",
        "Subscriptions that are winding down by the feedback of the customer, else by Stripe's "
        "cancellation reason.",
        "Stripe, cancellation_details",
    ),
    Metric(
        "ends_saved",
        "Saved",
        "count",
        "up",
        "Scheduled ends that were undone, also before their day has come; undone and scheduled "
        "again is a second one.",
        "Portside",
    ),
    Metric(
        "ends_lost",
        "Lost",
        "count",
        "down",
        "Scheduled ends after which the subscription ended, on the planned day or before it.",
        "Portside",
    ),
    Metric(
        "ends_open",
        "Still open",
        "count",
        "down",
        "Scheduled ends that still stand, their day ahead or its event awaited.",
        "Portside",
    ),
    Metric(
        "mrr_saved",
        "MRR saved",
        "money",
        "up",
        "Monthly value of the scheduled ends that were undone, as last seen scheduled.",
        "Portside",
    ),
    Metric(
        "back_predicted",
        "Predicted",
        "money",
        "down",
        "What the runway at the start of the month had for days in that month: scheduled ends and "
        "downgrades, from what is known now of that moment.",
        "Portside",
    ),
    Metric(
        "back_came_true",
        "Came true",
        "money",
        "neither",
        "What was predicted of subscriptions that lost at least as much in the month, and whose "
        "customer's MRR fell by it.",
        "Portside",
    ),
    Metric(
        "back_saved",
        "Saved",
        "money",
        "up",
        "What was predicted of subscriptions that did not lose it in the month and are not "
        "scheduled to any more at its end, or whose customer moved to another one at once.",
        "Portside",
    ),
    Metric(
        "back_moved",
        "Date changed",
        "money",
        "neither",
        "What was predicted of subscriptions that did not lose it in the month and are still on "
        "the runway at its end, for another day or overdue.",
        "Portside",
    ),
    Metric(
        "back_unforeseen",
        "Unforeseen",
        "money",
        "down",
        "Churn and contraction of the month that was not on the runway when the month began.",
        "Portside",
    ),
    Metric(
        "back_left",
        "Left",
        "money",
        "down",
        "Churn and contraction of the month, as its movements have them: what came true and what "
        "was unforeseen.",
        "Portside",
    ),
)
