"""`portside keys`: the keys that sign plans as claims."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..config import Settings
from .output import say, table


def register(app: typer.Typer) -> None:
    keys = typer.Typer(help="Keys that sign plans as claims.", no_args_is_help=True)
    keys.command("new")(new)
    keys.command("list")(listed)
    app.add_typer(keys, name="keys")


def new(file: Annotated[Path, typer.Argument(help="A file that is not there yet.")]) -> None:
    """Write a fresh private key, readable by you alone, and say what it is called."""
    from ..signing import write_new_key

    kid = write_new_key(file)
    say(f"{file} holds a new key, {kid}.")
    say("Name it first in PORTSIDE_CLAIM_KEYS and it signs; keep the one before it behind it.")


def listed() -> None:
    """The configured keys: which one signs, which are still published."""
    from ..signing import kid_of, read_keys

    paths = Settings.load().claim_keys
    rows = [
        (kid_of(key), "signs" if number == 0 else "published", str(path))
        for number, (key, path) in enumerate(zip(read_keys(paths), paths, strict=True))
    ]
    if not rows:
        say("No key is configured, so plans are not signed. Set PORTSIDE_CLAIM_KEYS.")
        return
    table(("kid", "use", "file"), rows)
