"""``python -m lib.sandbox``: serve a local Stripe, seeded with a world unless told otherwise."""

from __future__ import annotations

import argparse
import gc
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from lib.sandbox.core import Sandbox
from lib.sandbox.kinde import world as kinde
from lib.sandbox.server import serve
from lib.sandbox.storage import Storage
from lib.sandbox.world import seed as world


def main(argv: Sequence[str] | None = None) -> int:
    """Run until interrupted; 0 when ended cleanly, 2 for a wrong option or a busy port."""
    options = _parser().parse_args(argv)
    try:
        listener = socket.create_server((options.host, options.port))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        sys.stderr.write(
            f"The sandbox cannot listen on {options.host}:{options.port}: {reason}. "
            "Choose another --port.\n"
        )
        return 2
    with listener:
        url = f"http://{options.host}:{listener.getsockname()[1]}"
        signal.signal(signal.SIGTERM, _end)
        try:
            sandbox = _open(options, url)
        except (OSError, sqlite3.Error) as error:
            sys.stderr.write(_unusable(options.dir, error))
            return 2
        try:
            serve(sandbox, listener, lambda: _say(f"Sandbox ready at {url}"))
        except KeyboardInterrupt:
            pass
        finally:
            sandbox.close()
    return 0


def _open(options: argparse.Namespace, url: str) -> Sandbox:
    """The stored world, or a new one built under ``url``.

    A world whose seeding was interrupted holds nothing but half a seed: it is built again.
    """
    sandbox = _sandbox(options)
    if sandbox.storage.note("seeding") is not None and options.dir is not None:
        sandbox.close()
        Storage.erase(options.dir)
        sandbox = _sandbox(options)
    sandbox.reached_at(url)
    if not options.empty and sandbox.storage.count("customer") == 0:
        _seed(sandbox, options)
    if options.kinde:
        now = sandbox.now()
        kinde.seed(sandbox.kinde, sandbox.clock.pinned, now=now, shared_org=_some_org(sandbox))
    return sandbox


def _some_org(sandbox: Sandbox) -> str | None:
    """The organization of a paying customer of Stripe's: the newest one that has any."""
    for subscription in sandbox.each("subscription", status="active"):
        customer = sandbox.peek("customer", subscription["customer"])
        org = (customer or {}).get("metadata", {}).get("org_id")
        if org:
            return str(org)
    return None


def _unusable(directory: Path | None, error: Exception) -> str:
    if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
        return f"Another sandbox is using {directory}. End it, or choose another --dir.\n"
    reason = getattr(error, "strerror", None) or str(error)
    return f"The sandbox cannot keep its world in {directory}: {reason}. Choose another --dir.\n"


def _sandbox(options: argparse.Namespace) -> Sandbox:
    sandbox = Sandbox(options.dir, now=options.now, seed=options.seed, frozen=options.frozen)
    sandbox.settings.deliveries_at_once = options.at_once
    return sandbox


def _seed(sandbox: Sandbox, options: argparse.Namespace) -> None:
    sandbox.storage.set_note("seeding", "yes")
    gc.disable()  # the collector would walk the growing world again and again: half the time
    try:
        world.build(
            sandbox,
            customers=options.customers,
            months=options.months,
            seed=options.seed,
            now=options.now or int(time.time()),
        )
    finally:
        gc.enable()
        gc.freeze()  # the seeded world lives as long as the process: nothing to collect in it
    sandbox.storage.forget_note("seeding")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lib.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=12111, help="0 chooses a free one")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument(
        "--at-once", type=_positive, default=8, help="deliveries to one endpoint under way together"
    )
    parser.add_argument("--dir", type=Path, help="keeps the world between starts")
    parser.add_argument("--customers", type=_positive, default=2000)
    parser.add_argument("--months", type=_positive, default=24)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--now", type=_moment, help="where the clock starts (ISO 8601, UTC)")
    parser.add_argument("--frozen", action="store_true", help="the clock moves only when told")
    parser.add_argument("--kinde", action="store_true", help="seed the Kinde tenant beside it")
    parser.add_argument("--empty", action="store_true", help="without a seeded world")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _moment(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no ISO 8601 time such as 2026-11-22T03:00:00Z"
        ) from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _end(number: int, frame: FrameType | None) -> None:
    """SIGTERM ends like the end of the program: with every ``finally``."""
    sys.exit(0)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
