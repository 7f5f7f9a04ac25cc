"""Static files under a name that changes with them, so that browsers may keep them for ever.

The name is one hash over the whole tree, a directory in the URL. Style sheets refer to each other and to images
relatively, so nothing is rewritten and nothing is collected: a checkout serves its own files.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import django


def fingerprint(directories: Iterable[Path]) -> str:
    """Django's own files are named by its version."""
    found = sha256(django.__version__.encode())
    for directory in directories:
        for path in sorted(path for path in directory.rglob("*") if path.is_file()):
            found.update(str(path.relative_to(directory)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:12]
