"""Reading much from Stripe: at a pace within its limits, with patience, page by page."""
