"""`docs/links.md`, written from the guards: `python -m lib.billing.linking.handbook`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Final

from ..domain.flow_matrix import DIMENSIONS, Shape, answers, shapes, situation
from ..domain.flow_strictness import LEFT_TO_STRIPE, STRICTER
from ..domain.flow_table import Cells, folded
from ..domain.flow_values import LABELS, Flow
from ..domain.flows import options
from ..domain.link_life import life
from ..domain.policy import LIVE

_BEFORE: Final = """\
# Which link is right

Written by `python -m lib.billing.linking.handbook` from the guards in the code.

A link is made for one customer and one reason, shown once, and kept nowhere. Before Stripe is
asked, a pure function says for every flow whether it would help: the panel greys the others and
says why, `portside link CUSTOMER` lists them, and the audit keeps the code of what was refused.

## Flows

| flow | button | leads to | opens for | waits until |
|---|---|---|---|---|"""
_AFTER_FLOWS: Final = """
A portal session's address is a bearer credential: whoever opens it acts as the customer. It opens
for five minutes; once opened it ends an hour after its last use. Stripe never tells that one was
opened. So the last possible moment is 65 minutes after it was made: opened in the last second, then
left alone. Until then a link *waits*; after that it is *dead*. A Checkout session ends after a day.
The login page and an invoice's page do not end; what is done within a week counts.

*Acted* means that what the link is for was done while it could be used, as Stripe's events tell.
What followed is listed for two weeks: **followed by, never caused by**. `portside report links`
lists the links, `portside report link-conversion` how many of the dead ones were acted on.

Billing details are acted on when the name or the e-mail address changes; the postal address and tax
ids are not kept here, so a change of those alone is not seen. A link for cancelling counts as acted
on when the customer takes the coupon that it offers.

## What a link can carry

`portside.toml` says what staff may put in; anything else is refused.

```toml
[links]
retention_coupons = ["STAY20"]   # offered before a cancellation
checkout_coupons = ["WELCOME10"]
longest_trial_days = 14          # only for who has never subscribed
```

A named plan is one of the catalogue's prices that the portal configuration offers, in the
subscription's currency, active, with the same tax behaviour, and not the present one. A price that
was never seen in an event is judged by Stripe when the link is made.

A customer has at most one open Checkout of ours. A new link closes the one before at Stripe; if
that one turns out to be complete, nothing is made (`checkout_completed`), as its subscription is on
its way. Two agents at the same moment: the second is asked to wait (`checkout_under_way`). Checkout
sessions that the company's own website makes are not known here.

## The matrix

Every combination of {dimensions}
({count:,} of them) is in exactly one row of each table. A
dimension that makes no difference to a flow has no column. *Live*: active, trialing, past_due,
unpaid or paused. *Other plans only*: changing plans is
on, but none of the catalogue's other prices is offered. *Unknown*: Stripe could not be asked.
"""
_INVOICES: Final = """
### `pay_invoice`

By invoice, whatever the subscription: the most urgent open one (failing first, then the oldest), or
the one that is named.

| invoice | answer |
|---|---|
| open, with something left to pay and a page of its own | **allowed** |
| open, but credit has covered it | `nothing_to_pay` |
| open, without a page | `no_invoice_page` |
| none is open | `no_open_invoice` |
| the named one is not open | `invoice_not_open` |
"""


def handbook() -> str:
    """Flows, the guard matrix and every code, as Markdown."""
    return "\n".join((*_flows(), *_matrix(), *_reasons(), *_stricter(), *_left())) + "\n"


def _flows() -> Iterator[str]:
    yield _BEFORE
    for flow in Flow:
        label, destination = LABELS[flow]
        yield f"| `{flow}` | {label} | {destination} | {_opens_for(flow)} | {_span(life(flow))} |"


def _opens_for(flow: Flow) -> str:
    if flow in (Flow.PAY_INVOICE, Flow.LOGIN_PAGE):
        return "as long as the page exists"
    return "a day" if flow is Flow.CHECKOUT else "5 minutes"


def _span(seconds: int) -> str:
    if seconds % 86_400 == 0:
        days = seconds // 86_400
        return "a day" if days == 1 else f"{days} days"
    return f"{seconds // 60} minutes"


def _matrix() -> Iterator[str]:
    named = ", ".join(name for name in DIMENSIONS)
    count = 1
    for values in DIMENSIONS.values():
        count *= len(values)
    yield _AFTER_FLOWS.format(dimensions=named, count=count)
    for flow in Flow:
        if flow is Flow.PAY_INVOICE:
            yield _INVOICES
            continue
        order, rows = folded(DIMENSIONS, lambda given, f=flow: answers(Shape(**given))[f])  # type: ignore[misc]
        yield f"### `{flow}`"
        yield ""
        yield f"| {' | '.join(order)} | answer |"
        yield "|---|" + "---|" * len(order)
        for cells, code in rows:
            yield f"| {_told(order, cells)} | {'**allowed**' if code is None else f'`{code}`'} |"
        yield ""


def _told(order: tuple[str, ...], cells: Cells) -> str:
    return " | ".join(_cell(name, values) for name, values in zip(order, cells, strict=True))


def _cell(name: str, values: tuple[str, ...]) -> str:
    if not values:
        return "any"
    if name == "status" and LIVE <= set(values):
        return ", ".join(("live", *(value for value in values if value not in LIVE)))
    left = [value for value in DIMENSIONS[name] if value not in values]
    if len(left) == 1 and len(values) > 2:
        return f"any but {left[0]}"
    return ", ".join(values)


def _reasons() -> Iterator[str]:
    """One sentence a code, as an agent reads it."""
    told: dict[str, str] = {}
    for shape in shapes():
        for choice in options(situation(shape)).choices:
            if choice.code and choice.reason:
                told.setdefault(choice.code, choice.reason)
    yield "## What an agent reads"
    yield ""
    yield "| code | for example |"
    yield "|---|---|"
    for code in sorted(told):
        yield f"| `{code}` | {told[code]} |"
    yield ""


def _stricter() -> Iterator[str]:
    yield "## Stricter than Stripe on purpose"
    yield ""
    yield "Every other refusal is one that Stripe would give too; `make prove` tries them all."
    yield ""
    yield "| code | flows | why |"
    yield "|---|---|---|"
    for code, (flows, why) in STRICTER.items():
        yield f"| `{code}` | {', '.join(f'`{flow}`' for flow in flows)} | {why} |"
    yield ""


def _left() -> Iterator[str]:
    yield "## Left to Stripe"
    yield ""
    yield "Allowed here; Stripe may still refuse, and its answer is told with what to do."
    yield ""
    yield "| code | why it is not known before |"
    yield "|---|---|"
    for code, why in LEFT_TO_STRIPE.items():
        yield f"| `{code}` | {why} |"


if __name__ == "__main__":
    sys.stdout.write(handbook())
