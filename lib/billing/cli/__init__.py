"""The command `portside`. Exit code 0 fine, 1 found or hit something, 2 wrong usage."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

import typer
from rich.console import Console

from ..domain.errors import BillingError, WrongUsage

__all__ = ["COMMANDS", "assembled", "main"]

COMMANDS: Final[dict[str, tuple[str, ...]]] = {
    "running": ("demo", "dashboard", "serve"),
    "data": ("ingest", "backfill", "replay", "drain"),
    "database": ("db",),
    "comparing": ("reconcile",),
    "digest": ("digest",),
    "report": ("report",),
    "reading": ("explain", "doctor"),
    "link": ("link",),
    "portal": ("portal",),
    "closing": ("close",),
    "keys": ("keys",),
    "catalog": ("catalog",),
    "events": ("events",),
}
"""Module of this package → the commands that it registers, in the order of the help."""


def assembled(wanted: str | None = None) -> typer.Typer:
    """The command line; of ``wanted`` alone when there is such a command, since importing all of
    them takes longer than most of them run."""
    app = typer.Typer(
        name="portside",
        help="Billing operations for companies that sell subscriptions through Stripe.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_portside)
    named = [module for module, commands in COMMANDS.items() if wanted in commands]
    for module in named or COMMANDS:
        import_module(f".{module}", __name__).register(app)
    return app


def _portside() -> None:
    # A lone command of a Typer without a callback would be the program itself.
    pass


def main() -> None:
    """Run the command line; a foreseeable fault is one line on standard error."""
    try:
        assembled(sys.argv[1] if len(sys.argv) > 1 else None)()
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
