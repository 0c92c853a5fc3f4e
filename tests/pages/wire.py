"""What the server sends to a browser, byte for byte, without a browser."""

from __future__ import annotations

from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect


def sent(url: str, headers: dict[str, str] | list[Any], page: str, query: str = "") -> list[bytes]:
    """Everything that one visit to ``page`` puts on its web socket to be shown, in order."""
    stream = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    ask = BackMsg()
    ask.rerun_script.page_name = page
    ask.rerun_script.query_string = query
    shown = []
    with connect(
        stream, additional_headers=headers, subprotocols=["streamlit"], max_size=None
    ) as socket:
        socket.send(ask.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(socket.recv(timeout=60))
            if message.WhichOneof("type") in ("delta", "navigation", "page_config_changed"):
                shown.append(_without_chance(message))
            if message.WhichOneof("type") == "script_finished":
                return shown


def _without_chance(message: ForwardMsg) -> bytes:
    """The message without what is random in each visit: names of files."""
    message.ClearField("hash")
    element = message.delta.new_element
    if element.WhichOneof("type") == "download_button":
        element.download_button.ClearField("deferred_file_id")
    return message.SerializeToString(deterministic=True)
