"""The command `portside`. Exit code 0 fine, 1 found or hit something, 2 wrong usage."""

from __future__ import annotations

import sys

import typer
from rich.console import Console

from ..domain.errors import BillingError, WrongUsage
from . import (
    catalog,
    closing,
    comparing,
    data,
    database,
    digest,
    events,
    keys,
    link,
    portal,
    reading,
    report,
    running,
)

__all__ = ["app", "main"]

app = typer.Typer(
    name="portside",
    help="Billing operations for companies that sell subscriptions through Stripe.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for commands in (
    running,
    data,
    database,
    comparing,
    digest,
    report,
    reading,
    link,
    portal,
    closing,
    keys,
    catalog,
    events,
):
    commands.register(app)


def main() -> None:
    """Run the command line; a foreseeable fault is one line on standard error."""
    try:
        app()
    except WrongUsage as error:
        _say(str(error))
        sys.exit(2)
    except BillingError as error:
        _say(f"{error} [{error.code}]")
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output has gone, as with `| head`; that is its right.
        sys.stderr.close()
        sys.exit(0)


def _say(sentence: str) -> None:
    Console(stderr=True, soft_wrap=True, highlight=False).print(
        f"portside: {sentence}", markup=False
    )
