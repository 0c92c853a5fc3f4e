"""The facade's part for the plan-mix page: by month, from plan to plan, by customer, by feature."""

from __future__ import annotations

from collections.abc import Callable

from .domain.errors import WrongUsage
from .domain.filters import clean
from .domain.plan_moves import MoveFilters
from .settings.setup import Setup
from .showing import mixing
from .showing.mix_views import Concentration, MoveItem, PlanFeatures, PlanMonth, PlanMoves
from .showing.views import Listing
from .store.queries.reading import Reader
from .store.queries.spans import Span


class MixDesk:
    """Reads what MRR is made of. Amounts are of one currency."""

    _reader: Reader
    _clock: Callable[[], int]
    _setup: Setup

    def plan_trend(self, currency: str) -> tuple[PlanMonth, ...]:
        """The plan mix at the end of each of the last twelve months, the running one last."""
        return mixing.trend(self._reader, self._setup, self._clock(), clean(currency))

    def plan_moves(self, currency: str, starts: int, ends: int) -> PlanMoves:
        """Who went from which plan to which in ``starts <= second < ends``, and what each plan
        opened and closed with."""
        return mixing.moves(self._reader, self._setup, clean(currency), Span(starts, ends))

    def plan_movers(self, filters: MoveFilters) -> Listing[MoveItem]:
        """One page of who is behind those moves. Raises WrongUsage but for one currency."""
        wanted = filters.cleaned()
        if len(wanted.currencies) != 1:
            raise WrongUsage("Moves between plans are of one currency: name it.")
        return mixing.movers(self._reader, self._setup, wanted)

    def concentration(self, currency: str) -> Concentration:
        """What the largest customers pay of all MRR, and who they are."""
        return mixing.concentration(self._reader, self._setup, clean(currency))

    def plan_features(self, currency: str) -> PlanFeatures:
        """Which features customers pay for: of each plan, how many have them."""
        return mixing.features(self._reader, self._setup, clean(currency))
