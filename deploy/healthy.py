"""Exit code 0 when an address of this machine answers 200: the image has no curl."""

import sys
from urllib.error import URLError
from urllib.request import urlopen


def main(address: str) -> int:
    if not address.startswith("http://127.0.0.1:"):
        return 2
    try:
        with urlopen(address, timeout=4) as answer:  # noqa: S310 - one of this machine, see above
            return 0 if answer.status == 200 else 1
    except (URLError, OSError):
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
