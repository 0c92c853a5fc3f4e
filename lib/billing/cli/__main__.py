"""`python -m lib.billing.cli` is `portside`."""

from . import main

main()
