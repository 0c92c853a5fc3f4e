"""What changed in a day or a week and what to do next: gathered once, shown in three forms."""
