"""How long people wait: from the click to what it draws, in a real browser."""
