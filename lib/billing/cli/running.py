"""Commands that run until they are stopped: demo, dashboard, serve."""

from __future__ import annotations

import os
import signal
import sys
import time
import webbrowser
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..domain.errors import ConfigurationError
from .output import progress, say

if TYPE_CHECKING:
    from ..demo import Stack

# What runs is imported where it runs: the dashboard starts another program and needs none of it.


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)
    app.command("dashboard")(dashboard)
    app.command("serve")(serve)


def demo(
    port: Annotated[int, typer.Option(help="Of the dashboard.")] = 8501,
    customers: Annotated[int, typer.Option(min=1, max=100_000)] = 2_000,
    months: Annotated[int, typer.Option(min=1, max=120)] = 24,
    seed: Annotated[int, typer.Option(help="The same seed makes the same company.")] = 7,
    directory: Annotated[Path, typer.Option("--dir", help="Where the demo keeps its data.")] = Path(
        "demo-data"
    ),
    kinde: Annotated[
        bool, typer.Option(help="A Kinde tenant with a few customers beside the local Stripe.")
    ] = True,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")] = False,
) -> None:
    """A local Stripe with a seeded company, the webhook receiver and the dashboard, in one go."""
    from ..demo import DemoOptions, Stack

    # A terminal's hang-up and a polite kill end the demo the way Ctrl-C does.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    # A script that starts it in the background has it ignore Ctrl-C, which is to end all the same.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    started = time.monotonic()
    options = DemoOptions(directory.resolve(), port, customers, months, seed, kinde=kinde)
    try:
        with progress("Starting") as status:
            stack = Stack(options, status)
            stack.__enter__()
        try:
            _announce(stack, time.monotonic() - started)
            if not no_open and sys.stdout.isatty():
                webbrowser.open(stack.dashboard_url)
            while True:
                time.sleep(0.5)
                stack.check()
        finally:
            stack.stop()
    except KeyboardInterrupt:
        say("Stopped.")


def _announce(stack: Stack, seconds: float) -> None:
    from ..demo import API_TOKEN

    say(f"Ready after {seconds:.0f} seconds.")
    say(f"  Dashboard     {stack.dashboard_url}   (sign in as any role)")
    say(
        f"  Local Stripe  {stack.sandbox_url}   (act as a customer, move the clock, run a scenario)"
    )
    if stack.kinde:
        say(f"  Local Kinde   {stack.sandbox_url}/_kinde/   (six customers; act for them)")
    say(f"  Receiver      {stack.receiver_url}/webhooks/stripe")
    say(f"  Pricing page  {stack.receiver_url}/pricing   (what customers are sold)")
    say(f"  Read API      {stack.receiver_url}/v1/entitlements/…   (bearer token {API_TOKEN})")
    say("Ctrl-C ends all.")


def dashboard(
    port: Annotated[int, typer.Option(help="Where to listen.")] = 8501,
    host: Annotated[str, typer.Option(help="Which address; sign-in is needed off loopback.")] = "",
) -> None:
    """The Streamlit app."""
    from ..settings.sign_in import read_sign_in

    found = find_spec("dashboard")
    if found is None or not found.submodule_search_locations:
        raise ConfigurationError("The dashboard is not installed: install portside with its pages.")
    entry = Path(found.submodule_search_locations[0]) / "asgi.py"
    command = [sys.executable, "-m", "streamlit", "run", str(entry), "--server.port", str(port)]
    if host:
        command += ["--server.address", host]
    headers = read_sign_in().headers
    if headers is not None and headers.peers:
        # Who connects is a proof here, so nobody's X-Forwarded-For may stand in for it.
        os.environ["FORWARDED_ALLOW_IPS"] = ""
    os.execv(sys.executable, command)  # noqa: S606 - our own entry file, no shell


def serve(
    host: Annotated[str, typer.Option(help="Which address.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Where to listen.")] = 8000,
) -> None:
    """The webhook receiver, and the read API."""
    from ..config import Settings
    from ..http import serve as run
    from ..wiring import open_installation

    run(open_installation(Settings.load()), host=host, port=port)
