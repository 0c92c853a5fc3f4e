"""What arrives, by every way: one by one, together, over HTTP, from a file, and folded again."""
