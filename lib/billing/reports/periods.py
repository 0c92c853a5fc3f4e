"""The periods of a roll-forward, where reports look for them."""

from __future__ import annotations

from ..domain.periods import Period, periods

__all__ = ["Period", "periods"]
