"""What was configured, as far as readers need it."""

from __future__ import annotations

from dataclasses import dataclass

from .domain.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Setup:
    """What was configured, as far as readers need it."""

    catalog: Catalog
    policy: str = "portside"
    timezone: str = "UTC"
    livemode: bool = False
    api_ready: bool = False
    stale_after: int = 3_600  # seconds without a webhook before the badge turns amber
