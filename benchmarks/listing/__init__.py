"""What reading from Stripe's API costs: pages by listing, without a projection, and a backfill."""
