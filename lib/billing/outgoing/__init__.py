"""What the product is told by itself: events derived from the fold, and their delivery."""
