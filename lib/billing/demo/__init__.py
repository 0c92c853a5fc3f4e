"""The seeded demo: a local Stripe, the webhook receiver and the dashboard, started together."""

from .stack import DemoOptions, Stack

__all__ = ["DemoOptions", "Stack"]
