"""Digests and alerts on their way to people: made once each, delivered until taken over."""
