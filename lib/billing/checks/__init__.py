"""The checks of `lib.billing.doctor`, by what they look at."""
