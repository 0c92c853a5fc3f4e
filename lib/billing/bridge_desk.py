"""The facade's part for the policy bridge: from the configured policy's MRR to another's."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from .domain.bridge import Bridge
from .domain.filters import EVERYTHING, Filters
from .domain.policy import Policy
from .settings.setup import Setup
from .showing import bridge as shown
from .showing.bridge import BridgeItem
from .showing.views import Listing
from .store.queries.reading import Reader


class BridgeDesk:
    """Reads the kept rows where they can tell, else folds on the side."""

    _reader: Reader
    _clock: Callable[[], int]
    _setup: Setup
    _scratch: Callable[..., AbstractContextManager[Reader]]

    def policies(self) -> tuple[Policy, ...]:
        """The presets and what `portside.toml` adds to them, in that order."""
        return tuple(self._setup.policies.values())

    def bridge(self, policy: str) -> tuple[Bridge, ...]:
        """Why ``policy`` would show another MRR now, one bridge a currency.

        ``checked`` where its movements are kept (`portside replay --policy`) and current. Raises
        WrongUsage for a policy that is not there.
        """
        return shown.bridges(self._reader, self._setup, self._clock(), policy, self._scratch)

    def bridge_customers(
        self, policy: str, line: str, filters: Filters = EVERYTHING
    ) -> Listing[BridgeItem]:
        """One page of the subscriptions behind one line of a bridge, the largest change first.

        Sortable: delta, before, after, customer; narrowed by text, currencies and plans. No bars
        and no choices. Raises WrongUsage for a policy or line that is not there.
        """
        cleaned = filters.cleaned()
        return shown.customers(
            self._reader, self._setup, self._clock(), policy, line, cleaned, self._scratch
        )
