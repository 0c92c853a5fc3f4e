"""A truthful little world of one customer, told in Stripe's events.

The tests' company knows how to change objects and tell it as Stripe does; here its life is richer,
its event ids are random, and it keeps in which order everything really happened.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lib.billing.domain.fold import CustomerFold, Rules
from lib.billing.domain.observations import Observation, State, canonical
from lib.billing.domain.references import References
from lib.billing.domain.trail import ObjectFold, Step
from lib.billing.stripe.parse import parse_event
from tests.store.company import CATALOG, PLANS, Company
from tests.stripe import shapes

Raw = dict[str, Any]
DAY = 86_400
NOON = shapes.NOW - shapes.NOW % DAY + DAY // 2
COUPON = shapes.event("coupon.created", shapes.coupon()) | {"id": "evt_coupon", "created": 1}
"""What every discount refers to; it is known before any life begins."""

RULES = Rules(
    CATALOG, references=References(coupons={"co_half": parse_event(COUPON).observations[0].after})
)


@dataclass(frozen=True)
class Plot:
    """What kind of life it is. ``rush``: the share of turns that take no time at all."""

    seed: int
    turns: int = 16
    subscriptions: int = 1
    rush: float = 0.5
    skew: bool = False  # the clocks of Stripe's machines differ by up to a second
    twins: bool = False  # one change is told by two events
    unborn: bool = False  # creations are never told, as before an endpoint existed


class Life(Company):
    """One customer's life. ``events`` are in true order, ``moments`` their true seconds."""

    def __init__(self, plot: Plot, name: str = "0") -> None:
        super().__init__(plot.seed)
        self.plot = plot
        self.name = name
        self.now = NOON
        self.customer = f"cus_{name}"
        self.moments: list[int] = []
        self.untold: list[bool] = []
        self.alive: set[str] = set()
        self.discounts: dict[str, str] = {}
        self.count = 0
        self.flips = 0
        self._live()

    def tick(self) -> None:
        """Often no time passes; movements an hour or a midnight apart never hang on a second."""
        if self.random.random() >= self.plot.rush:
            self.now += self.random.choice([1, 2, 5, 60, 3 * DAY, 31 * DAY])

    def _emit(self, kind: str, obj: Raw, previous: Raw | None) -> None:
        body = shapes.event(kind, copy.deepcopy(obj), previous)
        self._tell(body | {"id": self._id("evt"), "created": self._clock()})
        if self.plot.twins and self.random.random() < 0.15:
            self._tell(body | {"id": self._id("evt"), "created": self._clock()})

    def _tell(self, event: Raw) -> None:
        self.events.append(event)
        self.moments.append(self.now)
        kinds = ("customer.created", "customer.subscription.created", "invoice.created")
        self.untold.append(self.plot.unborn and event["type"] in kinds)

    def _clock(self) -> int:
        return self.now + (self.random.choice([-1, 0, 0, 1]) if self.plot.skew else 0)

    def _id(self, prefix: str) -> str:
        return f"{prefix}_{self.random.getrandbits(80):020x}"

    def next_name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}_{self.name}_{self.count}"

    def _live(self) -> None:
        org = {"org_id": f"org_{self.name}"}
        self.created(
            "customer.created", shapes.customer(id=self.customer, metadata=org, created=self.now)
        )
        for _ in range(self.plot.subscriptions):
            _subscribe(self)
        for _ in range(self.plot.turns):
            self.tick()
            self.random.choice(_TURNS)(self)

    @property
    def told(self) -> list[Raw]:
        """The events that Stripe sends, in true order."""
        return [e for e, untold in zip(self.events, self.untold, strict=True) if not untold]


def truth(life: Life, rules: Rules = RULES) -> CustomerFold:
    """The customer as it really was: each object's state at the end of each true second."""
    seen: dict[tuple[str, str], list[tuple[int, Observation]]] = {}
    for event, moment in zip(life.events, life.moments, strict=True):
        for observation in parse_event(event).observations:
            key = (observation.object_type, observation.object_id)
            if key[0] not in ("price", "product", "coupon"):
                seen.setdefault(key, []).append((moment, observation))
    objects: dict[str, dict[str, ObjectFold]] = {}
    for (kind, object_id), story in sorted(seen.items()):
        objects.setdefault(kind, {})[object_id] = _true_fold(kind, object_id, story)
    return CustomerFold(life.customer, rules, objects)


def _true_fold(kind: str, object_id: str, story: list[tuple[int, Observation]]) -> ObjectFold:
    ends: dict[int, Observation] = {}
    for moment, observation in story:
        ends[moment] = observation
    steps: list[Step] = []
    for moment, observation in sorted(ends.items()):
        at = observation.effective if observation.kind == "terminal" else moment
        if not steps or canonical(steps[-1].state) != canonical(observation.after):
            steps.append(Step(moment, at, observation.after, observation.event_id, "proven"))
    return ObjectFold(
        kind, object_id, tuple(steps), None, True, False, 0, max(ends), ambiguous=False
    )


def final_states(fold: CustomerFold) -> dict[tuple[str, str], State]:
    return {
        (kind, object_id): state
        for kind in fold.objects
        for object_id, state in fold.states(kind).items()
    }


def _subscribe(life: Life) -> None:
    name = life.next_name("sub")
    status = life.random.choice(["active", "active", "trialing", "incomplete"])
    trial = (life.now, life.now + 14 * DAY) if status == "trialing" else (None, None)
    life.alive.add(name)
    life.created(
        "customer.subscription.created",
        shapes.subscription(
            _item(name, life.random.choice(list(PLANS))),
            id=name,
            customer=life.customer,
            created=life.now,
            start_date=life.now,
            status=status,
            trial_start=trial[0],
            trial_end=trial[1],
            metadata={},
        ),
    )
    if status == "incomplete":
        life.changed("customer.subscription.updated", name, status="active")


def _item(subscription: str, lookup_key: str, quantity: int = 1) -> Raw:
    price = shapes.price(f"price_{lookup_key}", PLANS[lookup_key], lookup_key=lookup_key)
    if lookup_key.endswith("yearly"):
        price["recurring"] = price["recurring"] | {"interval": "year"}
    name = subscription.replace("sub_", "si_")
    return shapes.item(name, price, quantity=quantity, subscription=subscription)


def _some(life: Life) -> str | None:
    return life.random.choice(sorted(life.alive)) if life.alive else None


def _update(life: Life, name: str, **changes: Any) -> None:
    if any(life.state(name).get(key) != value for key, value in changes.items()):
        life.changed("customer.subscription.updated", name, **changes)


def _items(life: Life, name: str) -> Raw:
    key, quantity = life.random.choice(list(PLANS)), life.random.choice([1, 1, 2, 3])
    return {"object": "list", "data": [_item(name, key, quantity)], "has_more": False}


def _swap(life: Life) -> None:
    if name := _some(life):
        _update(life, name, items=_items(life, name))


def _there_and_back(life: Life) -> None:
    """A → B → A within one second."""
    if name := _some(life):
        before = copy.deepcopy(life.state(name)["items"])
        life.flips += 1
        _update(life, name, items=_items(life, name))
        _update(life, name, items=before)


def _cancel_or_undo(life: Life) -> None:
    if name := _some(life):
        planned = not life.state(name)["cancel_at_period_end"]
        asked = life.now if planned else None
        _update(life, name, cancel_at_period_end=planned, canceled_at=asked)
        if life.random.random() < 0.3:
            _update(life, name, cancel_at_period_end=not planned, canceled_at=None)


def _status(life: Life) -> None:
    if name := _some(life):
        _update(life, name, status=life.random.choice(["past_due", "active", "unpaid", "active"]))


def _pause(life: Life) -> None:
    if name := _some(life):
        paused = life.state(name)["pause_collection"]
        wanted = None if paused else {"behavior": "void", "resumes_at": None}
        _update(life, name, pause_collection=wanted)


def _discount(life: Life) -> None:
    name = _some(life)
    if name is None:
        return
    known = life.discounts.pop(name, None)
    if known is None:
        found = life.discounts[name] = life.next_name("di")
        made = {"id": found, "customer": life.customer, "subscription": name, "start": life.now}
        life.created("customer.discount.created", shapes.discount(**made))
        _update(life, name, discounts=[found])
    else:
        life.happened("customer.discount.deleted", life.state(known))
        _update(life, name, discounts=[])


def _end(life: Life) -> None:
    name = _some(life)
    if name is None or life.random.random() < 0.5:
        return
    life.alive.discard(name)
    over = {"status": "canceled", "ended_at": life.now, "canceled_at": life.now}
    life.happened("customer.subscription.deleted", life.state(name) | over)
    if life.random.random() < 0.4:
        _subscribe(life)


def _bill(life: Life) -> None:
    """Invoice events say nothing of what was before; payments and refunds name no customer."""
    name = life.next_name("in")
    draft = {"id": name, "customer": life.customer, "number": None, "attempted": False}
    draft |= {"attempt_count": 0, "status": "draft", "created": life.now}
    invoice = shapes.invoice(**draft)
    life.created("invoice.created", invoice)
    invoice |= {"status": "open", "number": f"N-{name}"}
    life.happened("invoice.finalized", invoice)
    for attempt in range(1, life.random.choice([1, 1, 2, 4])):
        life.tick()
        invoice |= {"attempted": True, "attempt_count": attempt}
        life.happened("invoice.payment_failed", invoice)
        payment = shapes.payment_intent(id=f"pi_{name}", customer=None, invoice=name)
        life.happened("payment_intent.payment_failed", payment)
    if life.random.random() < 0.2:
        life.happened("invoice.voided", invoice | {"status": "void"})
        return
    if life.random.random() < 0.7:
        life.tick()
        _pay(life, name, invoice)


def _pay(life: Life, name: str, invoice: Raw) -> None:
    invoice |= {"amount_remaining": 0, "amount_paid": 5800, "status": "paid"}
    invoice |= {"attempted": True, "attempt_count": invoice["attempt_count"] + 1}
    life.happened("invoice.paid", invoice)
    life.happened("invoice.payment_succeeded", invoice)
    paid = {"id": f"inpay_{name}", "object": "invoice_payment", "amount_paid": 5800}
    paid |= {"currency": "usd", "invoice": name, "status": "paid", "livemode": False}
    paid |= {"payment": {"type": "payment_intent", "payment_intent": f"pi_{name}"}}
    paid |= {"status_transitions": {"paid_at": life.now, "canceled_at": None}}
    life.happened("invoice_payment.paid", paid)
    if life.random.random() < 0.3:
        refund = {"id": f"re_{name}", "object": "refund", "amount": 5, "currency": "usd"}
        refund |= {"charge": f"ch_{name}", "payment_intent": f"pi_{name}", "status": "succeeded"}
        life.happened("refund.created", refund)


def _rename(life: Life) -> None:
    life.changed("customer.updated", life.customer, name=life.next_name("Name"))


def _checkout(life: Life) -> None:
    session = {"id": life.next_name("cs"), "object": "checkout.session", "customer": None}
    session |= {"subscription": _some(life), "client_reference_id": f"org_{life.name}"}
    session |= {"mode": "subscription", "status": "complete", "payment_status": "paid"}
    if session["subscription"]:
        life.happened("checkout.session.completed", session)


_TURNS: list[Callable[[Life], None]] = [
    _swap, _swap, _there_and_back, _cancel_or_undo, _status, _status, _pause, _discount, _end,
    _bill, _bill, _rename, _checkout,
]  # fmt: skip
