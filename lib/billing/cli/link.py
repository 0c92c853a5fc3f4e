"""`portside link`: the dashboard's link panel on the command line."""

from __future__ import annotations

import getpass
import json
import secrets
from dataclasses import asdict
from typing import Annotated, Any

import typer

from ..config import Settings
from ..desk import Portside
from ..domain.errors import WrongUsage
from ..domain.flow_values import Choice, Flow
from ..domain.permissions import Role
from ..domain.times import iso
from ..export import to_csv
from ..wiring import open_portside
from .output import Format, say, table, write

_HEADER = ("", "flow", "for", "plans", "coupons", "why not")


def register(app: typer.Typer) -> None:
    app.command("link")(link)


def link(
    customer: Annotated[str, typer.Argument(help="Customer id.")],
    flow: Annotated[
        str | None,
        typer.Argument(help=f"{', '.join(Flow)}. Left out: lists which are right and why not."),
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why; it goes to the audit.")
    ] = None,
    ticket: Annotated[str | None, typer.Option("--ticket")] = None,
    plan: Annotated[str | None, typer.Option("--plan", help="Lookup key of a price.")] = None,
    coupon: Annotated[
        str | None,
        typer.Option("--coupon", help="A configured coupon: with checkout or subscription_cancel."),
    ] = None,
    trial_days: Annotated[
        int | None, typer.Option("--trial-days", help="Days of a trial, with checkout.")
    ] = None,
    subscription: Annotated[str | None, typer.Option("--subscription")] = None,
    invoice: Annotated[
        str | None, typer.Option("--invoice", help="Id or number; else the most urgent one.")
    ] = None,
    staff: Annotated[
        str | None, typer.Option("--staff", help="Who asks; else who runs this.")
    ] = None,
    output: Annotated[
        Format, typer.Option("--format", help="Of the list, or of the link (table, json).")
    ] = Format.TABLE,
) -> None:
    """Mint one deep link for a customer, or list which ones are right.

    A link is printed once and kept nowhere.
    """
    from ..links import LinkRequest

    portside = open_portside(Settings.load())
    if flow is None:
        _list(portside, customer, output)
        return
    if reason is None:
        raise WrongUsage("Say why the customer needs it: --reason.", code="reason_required")
    if output is Format.CSV:
        raise WrongUsage("A link is no table: use --format json.")
    minted = portside.mint_link(
        LinkRequest(
            customer_id=customer,
            flow=flow,
            staff=staff or getpass.getuser(),
            # Whoever can run this holds the API key and the database already.
            roles=frozenset({Role.ADMIN}),
            reason=reason,
            ticket=ticket,
            subscription_id=subscription,
            invoice_id=invoice,
            plan=plan,
            coupon=coupon,
            trial_days=trial_days,
            click_id=secrets.token_hex(16),
        )
    )
    if output is Format.JSON:
        shown = asdict(minted) | {
            "minted_at": iso(minted.minted_at),
            "expires_at": iso(minted.expires_at),
        }
        write(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    until = "" if minted.expires_at is None else f" It opens until {iso(minted.expires_at)}."
    until += " It opens once." if minted.once else ""
    warning = " Anyone who opens it acts as the customer." if minted.bearer else ""
    say(f"This leads to {minted.destination}.{until}{warning}")
    if minted.note:
        say(minted.note)
    write(minted.url)


def _list(portside: Portside, customer: str, output: Format) -> None:
    options = portside.link_options(customer)
    if output is Format.JSON:
        shown = {"situation": options.sentence, "choices": [_shown(c) for c in options.choices]}
        write(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    rows = [_row(choice) for choice in options.choices]
    if output is Format.CSV:
        write(to_csv(list(_HEADER), rows))
        return
    say(options.sentence)
    table(_HEADER, rows)


def _shown(choice: Choice) -> dict[str, Any]:
    return {
        "flow": choice.flow.value,
        "label": choice.label,
        "allowed": choice.allowed,
        "recommended": choice.recommended,
        "code": choice.code,
        "reason": choice.reason,
        "subscription_id": choice.subscription_id,
        "invoice_id": choice.invoice_id,
        "plans": [offer.lookup_key for offer in choice.plans],
        "coupons": list(choice.coupons),
        "longest_trial_days": choice.longest_trial_days,
        "note": choice.note,
    }


def _row(choice: Choice) -> list[str]:
    mark = "->" if choice.recommended else "ok" if choice.allowed else "--"
    return [
        mark,
        choice.flow.value,
        choice.subscription_id or choice.invoice_id or "",
        " ".join(offer.lookup_key for offer in choice.plans),
        " ".join(choice.coupons),
        choice.reason or choice.note or "",
    ]
