"""The dashboard as an ASGI app: `streamlit run dashboard/asgi.py` (or `portside dashboard`)."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from dashboard import exports, opening, printing, tickets, turned
from dashboard.door import LoopbackOnly, SecurityHeaders
from dashboard.proxied import TrustedProxy
from dashboard.return_to import ReturnTo
from lib.billing import set_up_logs

set_up_logs()
if refusal := opening.refusal():
    raise SystemExit(refusal)


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Load what every page needs, then let the garbage collector forget that it is there.

    A whole collection walks all of pandas, while every session waits, and none of it is garbage.
    """
    import pandas.io.formats.style  # noqa: F401 - it compiles templates, which the first to look waits for

    from dashboard import charts, data, navigation  # noqa: F401

    gc.collect()
    gc.freeze()
    yield


app = st.App(
    str(Path(__file__).with_name("app.py")),
    lifespan=lifespan,
    routes=[exports.ROUTE, printing.ROUTE, tickets.ROUTE, turned.ROUTE],
    middleware=[
        Middleware(SecurityHeaders),
        Middleware(LoopbackOnly),
        Middleware(TrustedProxy),
        Middleware(ReturnTo),
    ],
)
