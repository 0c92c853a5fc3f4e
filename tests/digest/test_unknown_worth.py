"""Who cannot be valued is counted and named, and their worth is not nothing."""

from __future__ import annotations

from lib.billing.digest.letter import Letter
from lib.billing.digest.spelled import Names
from lib.billing.digest.text import to_text
from lib.billing.digest.values import Sum
from lib.billing.digest.wording import letter_of
from lib.billing.kinde.parse import parse_event
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store
from tests.digest.test_gathering import NOW, winding
from tests.kinde.events import START as KINDES
from tests.kinde.events import event
from tests.reports.ledger import CATALOG, at, desk


def kindes(asked: str, ends: str) -> list:
    made = event(0, "agreement_created", "k", agreement_id="a", plan="pro")
    over = event(at(asked) - KINDES, "agreement_cancelled", "k", expires_on=at(ends))
    begun = made | {"event_timestamp": "2026-01-05T00:00:00Z"}
    return [o for each in (begun, over) for o in parse_event(each).observations]


def test_who_leaves_kinde_is_in_the_digest(store: Store) -> None:
    lives = [
        *winding("cus_new", "2026-03-10", "2026-03-20"),
        *kindes("2026-03-11T10:00", "2026-03-18"),
    ]
    found = desk(store, lives, NOW).digest("week")
    assert found.winding_down.sums == (Sum(None, 1, 0, 1), Sum("usd", 1, 10_000, 0))
    [action] = [each for each in found.actions if each.kind == "last_days"]
    assert action.count == 2
    letter: Letter = letter_of(found, Names(CATALOG, Setup(catalog=CATALOG).timezone))
    text = to_text(letter)
    assert "2 subscriptions, $100.00 MRR, 1 of unknown worth." in text
    assert "$0.00" not in text
