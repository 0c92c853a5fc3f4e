"""What `lib.billing.links` is made of: situations, sessions with Stripe, what followed."""
