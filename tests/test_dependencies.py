"""What an installation has: the main dependencies and nothing that only tests brought along."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Also what is imported by name only: the transport and the results of Redis, and what runs functions at endpoints.
LATE = ("kombu.transport.redis", "celery.backends.redis", "psycopg_pool", "cognito_site.functions.endpoints")
IMPORT_ALL = """
import importlib, pkgutil, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

ABSENT = set(sys.argv[1].split(","))
sys.meta_path.insert(0, Refuse())
import cognito_site.wsgi
for package in ("cognito_site", "userpools", "identitypools", "hostedui"):
    found = importlib.import_module(package)
    for module in pkgutil.walk_packages(found.__path__, f"{package}."):
        if ".local.bootstrap" not in module.name:
            importlib.import_module(module.name)
for name in sys.argv[2].split(","):
    importlib.import_module(name)
"""


def _name(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def _extras(requirement: str) -> set[str]:
    found = re.search(r"\[([\w, -]+)\]", requirement.partition(";")[0])
    return set(re.split(r"[, ]+", found[1])) if found else set()


def _installed() -> set[str]:
    """The distributions that ``make run`` installs, PostgreSQL's driver among them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    waiting = [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement = waiting.pop()
        name = _name(requirement)
        for extra in {"", *_extras(requirement)} - {known for at, known in seen if at == name}:
            seen.add((name, extra))
            waiting += _needs(name, extra)
    return {name for name, _ in seen}


def _needs(name: str, extra: str) -> list[str]:
    try:
        requirements = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []
    marker = f'extra == "{extra}"'
    return [each for each in requirements if ("extra ==" not in each or (extra and marker in each.replace("'", '"')))]


def test_nothing_is_needed_that_only_tests_install(tmp_path: Path) -> None:
    installed = _installed()
    owners = metadata.packages_distributions()
    absent = {module for module, names in owners.items() if not {_name(name) for name in names} & installed}
    assert {"pytest", "playwright"} <= absent
    result = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, ",".join(absent), ",".join(LATE)],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "cognito_site.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
