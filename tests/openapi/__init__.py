"""Stripe's own OpenAPI document as a judge of what the sandbox answers and what we send."""
