"""Checkout sessions: a hosted page that starts a subscription, a payment or a saved card."""
