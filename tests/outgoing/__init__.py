"""Outgoing events: what the product is told, and how it gets there."""
