"""What the API is made of, as configured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..pricing import PricingDesk
from ..self_service import SelfService
from ..settings.api_tokens import PER_SECOND, ApiToken
from ..signing import Signer


@dataclass(frozen=True)
class Api:
    """What `/v1` is made of. Without ``tokens`` it is off, without ``signer`` nothing is signed."""

    tokens: Sequence[ApiToken] = ()
    signer: Signer | None = None
    self_service: SelfService | None = None
    pricing: PricingDesk | None = None
    per_second: float = PER_SECOND  # of one caller
