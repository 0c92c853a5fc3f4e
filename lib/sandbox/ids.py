"""Object ids that look like Stripe's and repeat for the same seed."""

from __future__ import annotations

import random
from base64 import b64encode


class IdSource:
    """Ids from a seed and a generation; each start of a stored world is its own generation."""

    def __init__(self, seed: int, generation: int = 0) -> None:
        self._random = random.Random(f"portside-sandbox:{seed}:{generation}")

    def new(self, prefix: str) -> str:
        """``prefix`` plus 24 letters and digits, e.g. ``cus_x9…``."""
        return f"{prefix}_{self.token(18)}"

    def token(self, size: int = 24) -> str:
        """``size`` random bytes as letters and digits."""
        return b64encode(self._random.randbytes(size), b"Qz").decode().rstrip("=")
