"""Steps up that left MRR as it was: no movement tells of them, so what was seen is read."""

from __future__ import annotations

from ..domain.upgrade_filters import UpgradeFilters
from ..retention.upgrading import Asked, Upgrade, unmoved
from ..settings.setup import Setup
from ..store.queries.reading import Reader
from .upgrade_views import UpgradeItem
from .views import Listing


def level(reader: Reader, setup: Setup, filters: UpgradeFilters) -> Listing[UpgradeItem]:
    """One page, newest first, of the filters' time and first currency."""
    with reader.open() as connection:
        asked = Asked(
            policy=setup.policies[setup.policy],
            catalog=setup.catalog,
            currency=next(iter(filters.currencies), None),
            starts=filters.starts,
            ends=filters.ends,
            until=None,
        )
        found = sorted(unmoved(connection, connection, asked), key=_newest)
    limit, offset = filters.page
    rows = tuple(_item(each) for each in found[offset : offset + limit])
    return Listing(rows, len(found), (), (), {})


def _newest(upgrade: Upgrade) -> tuple[int, str, str]:
    return -upgrade.occurred_at, upgrade.customer_id, upgrade.currency


def _item(upgrade: Upgrade) -> UpgradeItem:
    return UpgradeItem(
        **{name: getattr(upgrade, name) for name in UpgradeItem.__dataclass_fields__}
    )
