"""`portside link`: the dashboard's link panel on the command line."""

from __future__ import annotations

import getpass
import secrets
from typing import Annotated

import typer

from ..config import Settings
from ..domain.permissions import Role
from ..wiring import open_portside
from .output import say, write


def register(app: typer.Typer) -> None:
    app.command("link")(link)


def link(
    customer: Annotated[str, typer.Argument(help="Customer id.")],
    flow: Annotated[
        str,
        typer.Argument(
            help="home, payment_method_update, subscription_update, subscription_update_confirm, "
            "subscription_cancel, renew, pay_invoice, login_page or checkout."
        ),
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why; it goes to the audit.")],
    ticket: Annotated[str | None, typer.Option("--ticket")] = None,
    plan: Annotated[str | None, typer.Option("--plan", help="Lookup key of a price.")] = None,
    subscription: Annotated[str | None, typer.Option("--subscription")] = None,
    invoice: Annotated[str | None, typer.Option("--invoice")] = None,
    staff: Annotated[
        str | None, typer.Option("--staff", help="Who asks; else who runs this.")
    ] = None,
) -> None:
    """Mint one deep link for a customer. It is printed once and kept nowhere."""
    from ..links import LinkRequest

    minted = open_portside(Settings.load()).mint_link(
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
            click_id=secrets.token_hex(16),
        )
    )
    warning = " Anyone who opens it acts as the customer." if minted.bearer else ""
    say(f"This leads to {minted.destination}.{warning}")
    write(minted.url)
