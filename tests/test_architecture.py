"""Who may import whom, and where things may not be. Each law refuses a planted breach."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HOUSE = ("lib", "dashboard", "pages")

VENDORS = {
    "stripe": ("lib/billing/stripe/",),
    "sqlalchemy": ("lib/billing/store/",),
    "alembic": ("lib/billing/store/",),
    "psycopg": ("lib/billing/store/",),
    "streamlit": ("dashboard/", "pages/"),
    "plotly": (),
    "babel": ("dashboard/format.py", "dashboard/language.py", "lib/billing/replies/", "scripts/"),
    "jinja2": (
        "lib/billing/printing/",
        "lib/billing/digest/html.py",
        "lib/billing/pricing_page/",
        "lib/sandbox/hosted/",
    ),
    "slack_sdk": ("lib/billing/digest/slack.py", "lib/billing/notices/slack.py"),
    "smtplib": ("lib/billing/notices/mail.py",),
    "standardwebhooks": ("lib/billing/outgoing/signing.py",),
    "joserfc": (
        "lib/billing/signing.py",
        "lib/billing/client/verifying.py",
        "lib/billing/kinde/",
        "lib/sandbox/kinde/",
    ),
}
"""Package -> the only places that may import it."""

SEALED = {
    "lib/billing/domain/": ("lib.billing.domain",),
    "lib/billing/stripe/": ("lib.billing.domain", "lib.billing.stripe"),
    "lib/billing/store/": ("lib.billing.domain", "lib.billing.store"),
    "lib/sandbox/": ("lib.sandbox",),
    "lib/billing/client/": ("lib.billing.client",),
}
"""Place -> the only parts of the house that it may import."""

CLIENT_NEEDS = frozenset({"httpx", "joserfc"})
"""All that the product that sells the subscriptions has to install for the client."""

SURFACE_ONLY = ("dashboard/", "pages/")
WIRING_USERS = (
    "lib/billing/__init__.py",
    "lib/billing/cli",
    "lib/billing/demo/",
    "lib/billing/wiring/",
)


def sources() -> dict[str, str]:
    return {
        str(path.relative_to(ROOT)): path.read_text()
        for top in HOUSE
        for path in sorted((ROOT / top).rglob("*.py"))
    }


def imports(path: str, source: str) -> Iterator[str]:
    """Every module that ``source`` imports, relative ones made absolute."""
    package = path.removesuffix(".py").removesuffix("/__init__").split("/")
    if not path.endswith("__init__.py"):
        package = package[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names if not node.module)


def breaches(files: dict[str, str]) -> list[str]:
    return [
        f"{path} imports {module}: {law}"
        for path, source in files.items()
        for module in imports(path, source)
        if (law := _broken(path, module))
    ]


def _broken(path: str, module: str) -> str | None:
    top = module.split(".")[0]
    if top in VENDORS and not path.startswith(VENDORS[top]):
        return f"{top} belongs in {' and '.join(VENDORS[top])}"
    for place, allowed in SEALED.items():
        if path.startswith(place):
            if top in HOUSE and not _inside(module, allowed):
                return f"{place} knows only {' and '.join(allowed)}"
            if place == "lib/billing/domain/" and top not in HOUSE and not _standard(top):
                return "domain knows only the standard library"
            if place == "lib/billing/client/" and not (
                top in HOUSE or _standard(top) or top in CLIENT_NEEDS
            ):
                return "the client needs httpx and joserfc and nothing else"
    if path.startswith(SURFACE_ONLY) and module.startswith("lib."):
        if module.split(".")[:2] != ["lib", "billing"] or module.count(".") > 1:
            return "the dashboard knows only the surface of lib.billing"
    if path.startswith("lib/billing/") and _inside(module, ("lib.sandbox", "dashboard", "pages")):
        return "the product knows neither its sandbox nor its shell"
    if _inside(module, ("lib.billing.wiring",)) and not path.startswith(WIRING_USERS):
        return "only the surface and the command line wire things together"
    return None


def _inside(module: str, places: tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


def _standard(top: str) -> bool:
    return top in sys.stdlib_module_names


def test_the_house_keeps_its_import_laws():
    assert breaches(sources()) == []


PLANTED = {
    "the Stripe SDK in a page": ("pages/overview.py", "import stripe"),
    "SQL in the domain": ("lib/billing/domain/fold.py", "from sqlalchemy import select"),
    "SQL in a verb": ("lib/billing/links.py", "import sqlalchemy.orm"),
    "Streamlit in the product": ("lib/billing/reports/x.py", "import streamlit as st"),
    "Babel in a report": ("lib/billing/reports/x.py", "from babel.dates import format_date"),
    "Plotly in a page": ("pages/x.py", "import plotly.express as px"),
    "the store in the domain": ("lib/billing/domain/x.py", "from ..store import tables"),
    "a verb in the store": ("lib/billing/store/x.py", "from lib.billing import ingest"),
    "the inside of the product in a page": ("pages/x.py", "from lib.billing.store import tables"),
    "the product in the sandbox": ("lib/sandbox/x.py", "from lib.billing import money"),
    "the sandbox in the product": ("lib/billing/demo/x.py", "import lib.sandbox.core"),
    "a library in the domain": ("lib/billing/domain/x.py", "import orjson"),
    "the product in the client": ("lib/billing/client/x.py", "from ..domain.errors import X"),
    "a library in the client": ("lib/billing/client/x.py", "import pydantic"),
    "a signing library in a verb": ("lib/billing/links.py", "from joserfc import jwt"),
    "Slack in a report": (
        "lib/billing/reports/x.py",
        "from slack_sdk.webhook import WebhookClient",
    ),
    "mail in a job": ("lib/billing/jobs/x.py", "import smtplib"),
    "the wiring in a verb": ("lib/billing/links.py", "from .wiring import open_portside"),
}


@pytest.mark.parametrize(("path", "line"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_breach_is_refused(path, line):
    assert breaches({path: line})


def test_no_pages_folder_beside_the_entry_file():
    # Streamlit serves dashboard/pages on a direct request without running the entry file's sign-in.
    assert not (ROOT / "dashboard" / "pages").exists()
    assert not (ROOT / "app.py").exists()


def test_no_file_of_the_dashboard_shadows_a_distribution():
    # `streamlit run dashboard/app.py` puts that folder first on sys.path.
    taken = set(packages_distributions()) | set(sys.stdlib_module_names)
    names = {p.stem for p in (ROOT / "dashboard").iterdir() if p.suffix == ".py" or p.is_dir()}
    assert names & (taken - {"dashboard", "lib", "pages"}) - {"__init__", "__pycache__"} == set()


def test_pages_and_entry_stay_short():
    long = {
        path: lines
        for path, source in sources().items()
        if (lines := len(source.splitlines())) > (40 if path == "dashboard/app.py" else 120)
        and path.startswith(("pages/", "dashboard/app.py"))
    }
    assert long == {}


def test_the_address_is_read_and_written_through_what_is_held():
    """Streamlit's memory of it is of before the last choice: see `dashboard.kept`."""
    around = [
        path
        for path, source in sources().items()
        if path.startswith(("pages/", "dashboard/")) and "st.query_params" in source
    ]
    assert sorted(around) == ["dashboard/addressed.py", "dashboard/kept.py"]


def test_no_heading_skips_a_level():
    """A page's title is the first level, its questions are the second: Streamlit's subheader is
    the third."""
    skips = [
        path
        for path, source in sources().items()
        if path.startswith(("pages/", "dashboard/")) and ".subheader(" in source
    ]
    assert skips == []


def test_every_page_guards_before_anything_else():
    pages = sorted((ROOT / "pages").glob("*.py"))
    assert len(pages) >= 5
    for path in pages:
        body = [
            node
            for node in ast.parse(path.read_text()).body
            if not isinstance(node, ast.Import | ast.ImportFrom)
            and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        ]
        first = ast.unparse(body[0])
        assert "guard(" in first, f"{path.name} begins with {first!r}"


def test_the_linter_refuses_a_banned_import_with_a_reason():
    found = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--stdin-filename", "lib/billing/links.py", "-"],
        input="import stripe\n",
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert found.returncode == 1
    assert "lib/billing/stripe only" in found.stdout
