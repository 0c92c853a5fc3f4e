"""Find a Chromium for the browser tests, or get one, and remember where it is in `.venv/.browser`.

An installed one is preferred, then Playwright's own download, then Debian's package.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

REMEMBERED = Path(__file__).parent.parent / ".venv" / ".browser"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def installed() -> str | None:
    """An executable Chromium: the one named in PORTSIDE_BROWSER, or the first on the path."""
    wanted = os.environ.get("PORTSIDE_BROWSER")
    candidates = [wanted] if wanted else [shutil.which(name) for name in NAMES]
    return next((c for c in candidates if c and works(c)), None)


def works(executable: str) -> bool:
    try:
        tried = subprocess.run([executable, "--version"], capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


def downloaded() -> str | None:
    """Playwright's own Chromium, where its download can be reached."""
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    try:
        subprocess.run(command, capture_output=True, timeout=300, check=True)
    except (subprocess.SubprocessError, OSError):
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if works(path) else None


def from_debian() -> str | None:
    """Debian's package, where this is Debian and we may install."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return None
    quiet = {"capture_output": True, "timeout": 900}
    subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "chromium"], check=False, env=environment, **quiet
    )
    return installed()


def main() -> int:
    if REMEMBERED.exists() and works(REMEMBERED.read_text()):
        return 0
    for find in (installed, downloaded, from_debian):
        path = find()
        if path:
            REMEMBERED.write_text(path)
            return 0
    sys.stderr.write(
        "portside: no Chromium was found and none could be installed. Install one (Debian: "
        "apt-get install chromium) or name it in PORTSIDE_BROWSER.\n"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
