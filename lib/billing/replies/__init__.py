"""Short answers to customers in their own language, for staff to copy."""
