"""One browser's session, spoken as the browser speaks it: Streamlit's messages over a websocket."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

SIGNED_IN = {"portside_demo_role": "admin"}
MOST = 64 << 20
"""Bytes of one message: tables are sent whole."""


class PageFailed(Exception):
    """A page that showed an error is no rerun to count."""


class Session:
    """Use as an asynchronous context. ``address``: of the dashboard, http://…"""

    def __init__(self, address: str, cookies: Mapping[str, str] = SIGNED_IN) -> None:
        self._address = address
        self._cookies = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self._hashes: dict[str, str] = {}

    async def __aenter__(self) -> Session:
        self._socket: ClientConnection = await connect(
            f"{self._address.replace('http', 'ws', 1)}/_stcore/stream",
            additional_headers={"Cookie": self._cookies, "Origin": self._address},
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=MOST,
            compression=None,
            ping_interval=None,  # while the server is busy it answers none
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._socket.close()

    async def open(self, slug: str) -> int:
        """Run the page ``slug`` until it has ended; the bytes that came of it.

        Raises PageFailed.
        """
        asked = BackMsg()
        state = asked.rerun_script
        state.query_string = ""
        state.context_info.url = f"{self._address}/{slug}"
        state.context_info.timezone = "UTC"
        state.context_info.locale = "en-GB"
        if slug in self._hashes:
            state.page_script_hash = self._hashes[slug]
        else:
            state.page_name = slug
        await self._socket.send(asked.SerializeToString())
        return await self._ended(slug)

    async def _ended(self, slug: str) -> int:
        size = 0
        while True:
            received = await self._socket.recv()
            size += len(received)
            told = ForwardMsg()
            told.ParseFromString(received if isinstance(received, bytes) else received.encode())
            kind = told.WhichOneof("type")
            if kind == "navigation":
                self._hashes = {
                    p.url_pathname: p.page_script_hash for p in told.navigation.app_pages
                }
            elif kind == "delta" and told.delta.new_element.WhichOneof("type") == "exception":
                raise PageFailed(f"{slug}: {told.delta.new_element.exception.message}")
            elif kind == "page_not_found":
                raise PageFailed(f"{slug}: there is no such page")
            elif kind == "script_finished":
                if told.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    raise PageFailed(f"{slug}: it does not compile")
                if told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    return size
