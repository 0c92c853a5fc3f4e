"""The delivering side, in a process of its own: sends what was made beforehand, as fast as it is
answered, over connections that are kept open.

    python -m benchmarks.ingest.client FILE CONNECTIONS PORT…

FILE holds whole HTTP requests, each behind its length in four bytes. Prints the seconds from the
first byte sent to the last answer; ends with 1 when a delivery was not answered 200.
"""

from __future__ import annotations

import asyncio
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import uvloop


def requests(path: Path) -> Iterator[bytes]:
    """Every request of a file."""
    packed = path.read_bytes()
    at = 0
    while at < len(packed):
        (size,) = struct.unpack_from(">I", packed, at)
        yield packed[at + 4 : at + 4 + size]
        at += 4 + size


class Sender(asyncio.Protocol):
    """One connection: the next request goes out when the last one was answered."""

    def __init__(self, waiting: Iterator[bytes], refused: list[bytes]) -> None:
        self._waiting = waiting
        self._refused = refused
        self._heard = b""
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("The receiver hung up."))

    def send(self) -> None:
        """Send the next one, if any is left."""
        request = next(self._waiting, None)
        if request is None:
            self.done.set_result(None)
            self._transport.close()
        else:
            self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, ended, body = self._heard.partition(b"\r\n\r\n")
        if not ended:
            return
        _, _, length = head.lower().partition(b"content-length:")
        if len(body) < int(length.split(b"\r\n")[0]):
            return
        if head[9:12] != b"200":
            self._refused.append(self._heard)
        self._heard = b""
        self.send()


async def deliver(path: Path, connections: int, ports: list[int]) -> tuple[float, list[bytes]]:
    """(seconds, answers that were no 200). Connections go to the ports in turn."""
    loop = asyncio.get_running_loop()
    waiting, refused = iter(list(requests(path))), list[bytes]()
    senders = []
    for number in range(connections):
        port = ports[number % len(ports)]
        _, sender = await loop.create_connection(
            lambda: Sender(waiting, refused), "127.0.0.1", port
        )
        senders.append(sender)
    started = time.perf_counter()
    for sender in senders:
        sender.send()
    await asyncio.gather(*(sender.done for sender in senders))
    return time.perf_counter() - started, refused


def main() -> None:
    path, connections, *ports = sys.argv[1:]
    seconds, refused = uvloop.run(deliver(Path(path), int(connections), [int(p) for p in ports]))
    print(seconds)  # noqa: T201 - the answer to who started it
    if refused:
        sys.exit(f"{len(refused)} were refused, the first: {refused[0].decode()}")


if __name__ == "__main__":
    main()
