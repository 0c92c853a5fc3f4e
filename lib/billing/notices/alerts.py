"""Alerts: what has just happened and is large, and what is no longer as it should be.

Each is known by what happened, so neither a replay nor a second process tells it again; what
happened more than a day ago, or before the alert was switched on, is history and tells nobody.
A movement is told once it is settled: within an hour a plan swapped by delete-and-create is churn
first and none later, and a second change makes one movement of two.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from ..domain.movements import GROUPING_SECONDS
from ..domain.observations import canonical
from ..domain.times import DAY
from ..settings.notices import AlertPolicy
from ..settings.setup import Setup
from ..store import notices, watches
from ..store.engine import Connection, Store
from ..store.meta import LAST_WEBHOOK_AT
from ..store.notices import Notice
from ..store.queries import alerting
from ..store.queries.findings import by_cause
from ..store.queries.freshness import read_meta
from ..store.queries.reading import Reader

RECENT: Final = DAY
PREFIX: Final = "alert:"
MANY: Final = 10
"""Alerts of one kind in one round that are told one by one: more of them are told as one."""
MANY_KIND: Final = "many"

Found = tuple[str, str, Mapping[str, Any]]
"""Key, kind, and what it tells."""


class Alerts:
    """Looks for what is worth an alert and puts it in, for `Delivery` to send."""

    def __init__(
        self, store: Store, clock: Callable[[], int], policy: AlertPolicy, setup: Setup
    ) -> None:
        self._store = store
        self._reader = Reader(store)
        self._clock = clock
        self._policy = policy
        self._setup = setup
        self._watched = False

    def round(self) -> None:
        """Short. Raises DatabaseUnavailable."""
        now = self._clock()
        since = self._since(now)
        with self._reader.open() as connection:
            found = list(self._happened(connection, since, now))
            known = notices.known(connection, [key for key, _, _ in found]) if found else set()
            states = dict(self._states(connection, since, now))
            over = {kind: watches.tripped(connection, PREFIX + kind) for kind in states}
        found = [each for each in found if each[0] not in known]
        changed = [kind for kind, told in states.items() if (told is not None) != over[kind]]
        if not found and not changed:
            return
        with self._store.writing() as connection:
            for kind in changed:
                found += self._turned(connection, kind, states[kind], now)
            self._put(connection, found, now)

    def _since(self, now: int) -> dict[str, int]:
        names = [PREFIX + kind for kind in self._policy.kinds]
        if self._watched:
            with self._store.reading() as connection:
                found = watches.kept(connection, PREFIX)
            if found.keys() >= set(names):
                return found
        with self._store.writing() as connection:
            found = watches.keep(connection, PREFIX, names, now)
        self._watched = True
        return found

    def _happened(
        self, connection: Connection, since: Mapping[str, int], now: int
    ) -> Iterator[Found]:
        policy = self._policy
        sizes: tuple[tuple[Literal["upgrade", "churn"], Mapping[str, int]], ...] = (
            ("upgrade", policy.large_upgrade),
            ("churn", policy.large_churn),
        )
        for what, limits in sizes:
            if limits:
                starts = max(now - RECENT, since[f"{PREFIX}large_{what}"])
                settled = now - GROUPING_SECONDS + 1
                for row in alerting.large_movements(
                    connection, self._setup.policy, what, limits, starts, settled
                ):
                    yield f"{what}:{row['movement_id']}", f"large_{what}", dict(row)
        if policy.failed_payment:
            starts = max(now - RECENT, since[f"{PREFIX}failed_payment"])
            for row in alerting.large_failures(connection, policy.failed_payment, starts):
                # Stripe tries again, but what fails a second time is no news.
                yield f"failed_payment:{row['invoice_id']}", "failed_payment", dict(row)

    def _states(
        self, connection: Connection, since: Mapping[str, int], now: int
    ) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
        """What can be over a limit: what there is to tell of it, None where it is within."""
        if self._policy.drift is not None:
            counts = by_cause(connection, now)
            n = sum(count.open - count.acknowledged for count in counts)
            limit = self._policy.drift
            yield "drift", {"count": n, "limit": limit} if n > limit else None
        if self._policy.silence is not None:
            told = read_meta(connection).get(LAST_WEBHOOK_AT)
            last = None if told is None else int(told)
            begun = max(since[f"{PREFIX}silence"], last or 0)
            yield "silence", {"last": last} if now - begun > self._policy.silence else None

    def _turned(
        self, connection: Connection, kind: str, told: Mapping[str, Any] | None, now: int
    ) -> Iterator[Found]:
        if told is None:
            watches.arm(connection, PREFIX + kind)
        elif watches.trip(connection, PREFIX + kind, now):
            yield f"{kind}:{now}", kind, told

    def _put(self, connection: Connection, found: Sequence[Found], now: int) -> None:
        by_kind: defaultdict[str, list[Found]] = defaultdict(list)
        for each in found:
            by_kind[each[1]].append(each)
        for kind, own in by_kind.items():
            if len(own) <= MANY:
                notices.add(connection, self._notices(own, now))
                continue
            together = summed(kind, [told for _, _, told in own])
            one: Found = (f"{kind}:many:{now}", MANY_KIND, together)
            notices.add(connection, self._notices([one], now))
            others: list[Found] = [(key, kind, {}) for key, _, _ in own]
            notices.add(connection, self._notices(others, now), state=notices.TOLD)

    def _notices(self, found: Iterable[Found], now: int) -> list[Notice]:
        return [
            Notice(key, channel, recipient, kind, canonical(dict(told)), now)
            for key, kind, told in found
            for channel, recipient in self._policy.to.pairs
        ]


def summed(kind: str, told: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """What is told of many at once: how many of which kind, and what they are worth by currency."""
    worth: Counter[str] = Counter()
    count = 0
    for each in told:
        count += 1
        minor = each["remaining_minor"] if kind == "failed_payment" else each["delta_minor"]
        worth[each["currency"]] += abs(minor)
    return {"of": kind, "count": count, "worth": dict(sorted(worth.items()))}
