"""The seeded demo: a local Stripe, the webhook receiver and the dashboard, started together."""

from .stack import API_TOKEN, DemoOptions, Stack

__all__ = ["API_TOKEN", "DemoOptions", "Stack"]
