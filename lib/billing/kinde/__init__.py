"""Kinde as a second source of truth: its webhooks in, one-time portal links out.

Only this package spells Kinde's field names; what comes out of it are notices
(`lib.billing.domain.notices`) and addresses. See docs/kinde.md.
"""
