"""Several databases behind the same code, customers spread over them: what that gains, and where
it stops. See docs/scale.md."""
