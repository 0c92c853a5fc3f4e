"""A long file imported, and everybody replayed: rates, whether they hold, and memory."""
