"""Executable proofs: what the projection promises, tried at length.

`make prove` runs them at their full scale and writes `docs/proofs.md`; `make test` runs a small cut
of each. They lean on the tests' own shapes of Stripe's objects.
"""
