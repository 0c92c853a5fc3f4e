"""Webhook ingest beside what else keeps Stripe in PostgreSQL: the same events, the same server.

The peers are installed by name into a folder outside the tree when they are measured; what drives
them is ours, nothing of theirs is kept here.
"""
