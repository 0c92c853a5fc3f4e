"""The stand-in's two pages: the portal that a one-time link opens, and the tenant's customers."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

PLANS = ("starter", "pro", "business")

_HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{title}</title><style>
:root{{color-scheme:light dark}}
body{{font:16px/1.5 system-ui;max-width:56rem;margin:3rem auto;padding:0 1rem}}
table{{border-collapse:collapse;width:100%}}
td,th{{text-align:left;padding:.5rem .75rem .5rem 0;border-bottom:1px solid #8884}}
form{{display:inline-block;margin:.15rem .35rem .15rem 0}}
button,select{{font:inherit;padding:.2rem .6rem}}
</style></head><body>"""


def portal(customer: dict[str, Any], visit: dict[str, Any], token: str) -> str:
    """What a customer sees; the forms' addresses are relative to the page's."""
    page = visit["sub_nav"].replace("_", " ")
    return f"""{_HEAD.format(title="Kinde stand-in: portal")}
<h1>{escape(customer["name"])}</h1>
<p>Kinde's portal, as a stand-in shows it: {escape(page)}.</p>
<p>Plan: <strong>{escape(_plan(customer))}</strong></p>
{_choice(f"{token}/change", "Change plan")}
{_button(f"{token}/pay", "Pay what is owed")}
{_button(f"{token}/cancel", "Cancel plan")}
</body></html>"""


def index(customers: Iterable[dict[str, Any]]) -> str:
    rows = "".join(_row(customer) for customer in customers)
    return f"""{_HEAD.format(title="Kinde stand-in")}
<h1>Kinde stand-in</h1>
<p>Billing customers of a local Kinde tenant. What happens to them here is delivered as a signed
webhook.</p>
<table><thead><tr><th>Customer</th><th>Organization</th><th>Plan</th><th>Make it happen</th></tr>
</thead><tbody>{rows}</tbody></table></body></html>"""


def _row(customer: dict[str, Any]) -> str:
    base = f"act/{customer['id']}"
    has = customer["agreement"] is not None
    acts = [_choice(f"{base}/{'change' if has else 'subscribe'}", "Change" if has else "Subscribe")]
    if has:
        acts += [
            _button(f"{base}/fail", "Payment fails"),
            _button(f"{base}/pay", "Pays"),
            _button(f"{base}/cancel", "Cancels"),
        ]
    return (
        f"<tr><td>{escape(customer['name'])}</td><td>{escape(customer['org_code'])}</td>"
        f"<td>{escape(_plan(customer))}</td><td>{''.join(acts)}</td></tr>"
    )


def _plan(customer: dict[str, Any]) -> str:
    agreement = customer["agreement"]
    return str(agreement["plan_code"]) if agreement else "no plan"


def _choice(action: str, label: str) -> str:
    options = "".join(f"<option>{each}</option>" for each in PLANS)
    select = f'<select name="plan" aria-label="Plan">{options}</select>'
    return f'<form method="post" action="{action}">{select} <button>{label}</button></form>'


def _button(action: str, label: str) -> str:
    return f'<form method="post" action="{action}"><button>{label}</button></form>'
