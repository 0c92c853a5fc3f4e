"""`python -m benchmarks.bulk --customers 1000000 --database URL`: a made-up company, in minutes."""

from __future__ import annotations

import argparse
import sys
import time

from rich.console import Console

from lib.billing.domain.errors import BillingError
from lib.billing.store import migrate
from lib.billing.store.engine import Store

from .world import World


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.bulk", description=__doc__)
    arguments.add_argument("--customers", type=int, default=100_000)
    arguments.add_argument("--database", required=True, help="an empty SQLite or PostgreSQL URL")
    arguments.add_argument("--seed", type=int, default=7)
    arguments.add_argument("--lives", type=int, default=400, help="different ones")
    arguments.add_argument("--months", type=int, default=20, help="of the longest subscription")
    arguments.add_argument("--without", nargs="*", default=[], help="tables to leave empty")
    given = arguments.parse_args()
    console = Console(stderr=True)
    started = time.perf_counter()
    try:
        store = Store(given.database)
        migrate.upgrade(store)
        with console.status("Folding lives") as status:
            world = World(given.customers, seed=given.seed, lives=given.lives, months=given.months)
            world.fill(store, status.update, without=given.without)
    except (BillingError, ValueError) as error:
        sys.exit(str(error))
    console.print(f"{given.customers:,} customers in {time.perf_counter() - started:,.0f} seconds.")


if __name__ == "__main__":
    main()
