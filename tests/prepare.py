"""Fetches what the tests need from the distribution and from npm: as root by itself, else by telling what to type.

Runs with nothing installed. What stays missing skips its tests, which pytest lists with the reason.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NODE_CLIENTS = Path(__file__).parent / "clients" / "node"
INSTALL = ["apt-get", "install", "-y", "--no-install-recommends"]


def _missing_packages() -> list[str]:
    found = {
        "chromium": shutil.which("chromium") or shutil.which("google-chrome"),
        # Playwright's own Node dies without a word when it is missing.
        "libatomic1": next(Path("/usr/lib").glob("*/libatomic.so.1"), None),
        "redis-server": shutil.which("redis-server"),
        "postgresql": next(Path("/usr/lib/postgresql").glob("*/bin/initdb"), None),
        "nodejs": shutil.which("node"),
        "npm": shutil.which("npm"),
    }
    return [package for package, path in found.items() if not path]


def _install(packages: list[str]) -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=quiet)
        subprocess.run([*INSTALL, "-qq", *packages], check=False, env=quiet, stdout=subprocess.DEVNULL)


def _install_node_clients() -> None:
    if (NODE_CLIENTS / "package-lock.json").exists() and shutil.which("npm") and not _is_current():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=NODE_CLIENTS, check=False)


def _is_current() -> bool:
    installed = NODE_CLIENTS / "node_modules" / ".package-lock.json"
    return installed.exists() and installed.stat().st_mtime >= (NODE_CLIENTS / "package-lock.json").stat().st_mtime


def main() -> None:
    if missing := _missing_packages():
        _install(missing)
    if missing := _missing_packages():
        sys.stdout.write(f"Some tests will be skipped. For all of them: sudo {' '.join([*INSTALL, *missing])}\n")
    _install_node_clients()


main()
