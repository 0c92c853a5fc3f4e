"""Where one customer's fold stands, so that what comes next can be applied in place.

A standing carries the objects that later events can still change, each trimmed to the steps that
rows are made from, and the ledger of movements. What lies clear of it is folded from it; the answer
is the one that a fold of the whole history gives, or there is none and the history is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .fold import CustomerFold, Rules, choose_plan
from .given_back import gives_back
from .ledger import Earlier, Ledger
from .list_sums import of_lists
from .observations import Observation, State
from .rollups import Cell, Sums, merged, of_movements, of_subscriptions
from .rows import ProjectionRows
from .times import DAY
from .trail import ObjectFold, Step, continue_object, fold_object

Key = tuple[str, str]
"""(object type, object id)"""

ALWAYS = frozenset({"customer", "subscription", "discount", "checkout", "schedule"})
"""Types whose every object a row may be made from, however old."""

COLLECTING = frozenset({"payment", "charge", "invoice_payment"})
"""Types that tell what became of an invoice."""

LINKING = COLLECTING | {"refund", "dispute", "credit_note"}
"""Types that tell what was given back of an invoice, and of which one."""

CLOSED = frozenset({"paid", "void", "uncollectible", "deleted"})

WAITS = 3 * DAY
"""How long a payment of no known invoice is carried; after that the history is read."""


@dataclass(frozen=True, slots=True)
class Standing:
    """``ledger`` None: this customer is always folded from history.

    ``gaps`` and ``last_second`` are of objects that are not carried. ``settled`` is what movements
    add to the sums that nothing can join any more, ``contribution`` all that the customer adds.
    """

    objects: Mapping[Key, ObjectFold] = field(default_factory=dict)
    gaps: int = 0
    last_second: int = 0
    ledger: Ledger | None = None
    settled: Mapping[Cell, Sums] = field(default_factory=dict)
    contribution: Mapping[Cell, Sums] = field(default_factory=dict)


def standing_of(fold: CustomerFold, rows: ProjectionRows, before: Standing) -> Standing:
    """Where ``fold`` leaves its customer. ``before``: what ``fold`` went on from, if it did."""
    timezone = fold.rules.timezone
    settled, moved = _movements(rows, before, timezone)
    contribution = merged(
        moved,
        of_subscriptions(rows.subscriptions, timezone),
        of_lists(rows.subscriptions, rows.invoices, timezone),
    )
    if rows.ledger is None or rows.customer.needs_reread:
        return Standing(settled=settled, contribution=contribution)
    carried = dict(_carried(fold))
    left = [o for o in fold.all if (o.object_type, o.object_id) not in carried]
    return Standing(
        objects=carried,
        gaps=sum(o.gaps for o in left) + (fold.earlier.gaps if fold.earlier else 0),
        last_second=max(
            [o.last_second for o in left] + ([fold.earlier.last_second] if fold.earlier else [0])
        ),
        ledger=rows.ledger,
        settled=settled,
        contribution=contribution,
    )


def _movements(
    rows: ProjectionRows, before: Standing, timezone: str
) -> tuple[Mapping[Cell, Sums], Mapping[Cell, Sums]]:
    """What movements add to the sums: those that nothing can join any more, and all of them."""
    if stands_still(rows, before):
        moved = {c: sums for c, sums in before.contribution.items() if c.kind == "movement"}
        return before.settled, moved
    closed = rows.movements
    if rows.ledger is not None and rows.ledger.group is not None:
        closed = tuple(m for m in closed if m.occurred_at != rows.ledger.group.last_at)
    earlier = {} if rows.whole else before.settled
    settled = merged(earlier, of_movements(closed, timezone))
    return settled, merged(earlier, of_movements(rows.movements, timezone))


def stands_still(rows: ProjectionRows, before: Standing) -> bool:
    """Whether ``rows`` go on from ``before`` and no movement began, changed or ended."""
    if rows.whole or rows.movements or rows.ledger is None or before.ledger is None:
        return False
    return rows.ledger.group == before.ledger.group


def resume(
    customer_id: str,
    standing: Standing,
    fresh: Sequence[Observation],
    rules: Rules,
    *,
    new: Collection[Key],
) -> CustomerFold | None:
    """The fold after ``fresh`` (not repeated, not yet stored); None when history must be read.

    ``new``: objects of which certainly nothing is stored, among those that ``fresh`` is about.
    """
    if standing.ledger is None:
        return None
    by_object: dict[Key, list[Observation]] = defaultdict(list)
    for seen in fresh:
        by_object[seen.object_type, seen.object_id].append(seen)
    objects = dict(standing.objects)
    for key, told in by_object.items():
        if key[0] == "discount":
            return None  # it changes what every earlier step was worth
        known = objects.get(key)
        if known is None and key not in new and key[0] != "customer":  # that one is carried
            return None
        went_on = fold_object(told) if known is None else continue_object(known, told)
        if went_on is None or _leaves(went_on):
            return None
        objects[key] = went_on
    if any(map(gives_back, objects.values())) and any(key[0] in LINKING for key in by_object):
        return None  # it may be of an invoice that is closed
    if not all(key in objects for seen in fresh for key in _named(seen)):
        return None
    linked = _links(objects.values())
    if any(
        _fails(seen) and _invoice_of(seen.object_id, seen.after, linked) is None for seen in fresh
    ):
        return None  # what links it to an invoice that is closed may be carried no more
    steps = {
        object_id: len(folded.steps)
        for (kind, object_id), folded in standing.objects.items()
        if kind == "subscription"
    }
    arranged: dict[str, dict[str, ObjectFold]] = defaultdict(dict)
    for (kind, object_id), folded in sorted(objects.items()):
        arranged[kind][object_id] = folded
    earlier = Earlier(standing.gaps, standing.last_second, standing.ledger, steps)
    return CustomerFold(customer_id, rules, dict(arranged), earlier)


def _fails(seen: Observation) -> bool:
    return seen.object_type in ("payment", "charge") and _has_code(seen.after or {})


def _leaves(folded: ObjectFold) -> bool:
    """Whether it takes a row with it: only a whole fold says which rows there are."""
    return folded.state is None or folded.state.get("status") == "deleted"


def _named(seen: Observation) -> Iterator[Key]:
    """The invoice and payment whose row depends on what was seen."""
    if seen.object_type in COLLECTING:
        for kind in ("invoice", "payment"):
            named = (seen.after or {}).get(kind)
            if named:
                yield kind, named


def _carried(fold: CustomerFold) -> Iterator[tuple[Key, ObjectFold]]:
    open_invoices = {
        invoice_id
        for invoice_id, folded in fold.of("invoice").items()
        if folded.state is not None and folded.state["status"] not in CLOSED
    }
    linked = _links(fold.all)
    newest = max(o.last_second for o in fold.all)
    leads = set(_leading(fold))
    for folded in fold.all:
        kind = folded.object_type
        if gives_back(folded) or folded.object_id in leads:
            needed = True
        elif kind in COLLECTING:
            invoice = _invoice_of(folded.object_id, folded.state, linked)
            if invoice is None or invoice not in fold.of("invoice"):
                needed = folded.last_second > newest - WAITS or bool(_failures(folded))
            else:
                needed = invoice in open_invoices
        else:
            needed = kind in ALWAYS or folded.object_id in open_invoices
        if needed:
            yield (kind, folded.object_id), _trimmed(folded, fold.rules)


def _leading(fold: CustomerFold) -> Iterator[str]:
    """The ids of what leads from something given back to its invoice."""
    named = {
        name
        for folded in fold.all
        if gives_back(folded)
        for name in (folded.object_id, *_way(folded.state))
    }
    if not named:
        return
    for charge_id, state in fold.states("charge").items():
        if charge_id in named or state["payment"] in named:
            named |= {charge_id, *_way(state)}
    yield from named
    for link_id, state in fold.states("invoice_payment").items():
        if state["payment"] in named:
            yield link_id


def _way(state: State | None) -> Iterator[str]:
    return (name for key in ("charge", "payment") if (name := (state or {}).get(key)))


def _links(objects: Iterable[ObjectFold]) -> dict[str, str]:
    """Payment -> invoice, as invoice payments tell."""
    return {
        folded.state["payment"]: folded.state["invoice"]
        for folded in objects
        if folded.object_type == "invoice_payment" and folded.state and folded.state["payment"]
    }


def _invoice_of(object_id: str, state: State | None, linked: Mapping[str, str]) -> str | None:
    told = state or {}
    named = told.get("invoice") or linked.get(object_id)
    return named or linked.get(told.get("payment") or "")


def _trimmed(folded: ObjectFold, rules: Rules) -> ObjectFold:
    """Only the steps that a row can still be made from; see who reads ``steps``."""
    steps = folded.steps
    kept = {len(steps) - 1}
    match folded.object_type:
        case "subscription":
            kept |= _plan_and_trouble(steps, rules)
        case "invoice":
            kept |= set(_where(steps, lambda state: bool(state["payment_failed"]))[:1])
        case "payment" | "charge":
            kept |= set(_failures(folded))
        case "dispute":
            kept.add(0)  # the newest one is the one that began last
    if len(kept) == len(steps) and folded.origin is None:
        return folded
    return ObjectFold(
        object_type=folded.object_type,
        object_id=folded.object_id,
        steps=tuple(steps[n] for n in sorted(kept)),
        origin=None,
        born=folded.born,
        terminal=folded.terminal,
        gaps=folded.gaps,
        last_second=folded.last_second,
        ambiguous=folded.ambiguous,
    )


def _plan_and_trouble(steps: Sequence[Step], rules: Rules) -> set[int]:
    """The newest step of a known plan, the one that began the present run of past_due, and the one
    before it: without that the run would join an earlier one that is carried for its plan."""
    kept: set[int] = set()
    for number in range(len(steps) - 1, -1, -1):
        state = steps[number].state
        if state is not None and choose_plan(state, rules.catalog).plan is not None:
            kept.add(number)
            break
    began = len(steps) - 1
    if _is_past_due(steps[began]):
        while began > 0 and _is_past_due(steps[began - 1]):
            began -= 1
        kept |= {began, max(began - 1, 0)}
    return kept


def _is_past_due(step: Step) -> bool:
    return (step.state or {}).get("status") == "past_due"


def _failures(folded: ObjectFold) -> list[int]:
    if folded.object_type == "invoice_payment":
        return []
    return _where(folded.steps, _has_code)


def _has_code(state: State) -> bool:
    return bool(state.get("code") or state.get("decline_code"))


def _where(steps: Sequence[Step], holds: Callable[[State], bool]) -> list[int]:
    return [n for n, step in enumerate(steps) if step.state is not None and holds(step.state)]
