"""The parts of `lib.billing.reconcile`."""
