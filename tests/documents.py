"""``python -m tests.documents`` writes the pages of ``docs`` that are made from code: which operations are performed
and what proves it, and which settings have an effect. ``tests/test_documents.py`` holds the pages against this."""

from __future__ import annotations

import ast
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

ROOT = Path(__file__).resolve().parent.parent
OPERATIONS, SETTINGS = ROOT / "docs" / "operations.md", ROOT / "docs" / "settings.md"
TITLES = {"cognito-idp": "User pools", "cognito-identity": "Identity pools", "sts": "STS", "iam": "IAM", "kms": "KMS"}
NOT_YET = "not yet"
# The operation's own door proves more than a page that leads to it.
DOORS = ("operations", "identitypools")
ABOUT_OPERATIONS = """# Operations

Made by `make docs` from the contract, the code and the tests. An operation that is not performed yet answers an error
that names it; it never pretends."""
ABOUT_SETTINGS = """# Settings

Made by `make docs`. Every setting is stored, and described as it was given; the table says which have an effect."""
Key = tuple[str, str]
Proofs = Mapping[Key, list[str]]


# --- what the tests say that they prove -----------------------------------------------------------------------------


def proofs() -> Proofs:
    """From (service, operation) to the tests that prove its effect, each as ``path::name``, the best first."""
    found: dict[Key, list[str]] = defaultdict(list)
    paths = (path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py"))
    for path in sorted(paths, key=lambda path: (path.parts[1] not in DOORS, path)):
        for function, operation in _marks(ast.parse((ROOT / path).read_text())):
            found[_service(path, operation), operation].append(f"{path}::{function}")
    return found


def _service(path: Path, operation: str) -> str:
    """Some names belong to two services: there the place of the test tells which is meant."""
    from cognito_site.contract import services

    named = [name for name in services.NAMES if operation in services.service(name).operations]
    if len(named) > 1:
        return "cognito-identity" if "identitypools" in path.parts else "cognito-idp"
    return named[0] if named else ""


def _marks(module: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.proves":
                    yield from ((node.name, str(ast.literal_eval(argument))) for argument in mark.args)


# --- pages ----------------------------------------------------------------------------------------------------------


def operations_page() -> str:
    from cognito_site.contract import services
    from cognito_site.wire import registry

    performed, found = registry.performed(), proofs()
    parts = [ABOUT_OPERATIONS]
    for service in services.NAMES:
        known = services.service(service).operations
        count = sum((service, name) in performed for name in known)
        title = f"{TITLES[service]} ({count} of {len(known)})"
        parts.append(f"\n## {title}\n\n| operation | performed; the test that proves it |\n| --- | --- |")
        said = {name: _said((service, name), found) if (service, name) in performed else NOT_YET for name in known}
        parts += [f"| {name} | {said[name]} |" for name in sorted(known)]
    return "\n".join(parts) + "\n"


def _said(key: Key, found: Proofs) -> str:
    first = found[key][0] if key in found else ""
    path, _, test = first.partition("::")
    return f"[`{test}`](../{path})" if first else "performed"


def settings_page() -> str:
    from userpools.domain import setting_effects

    parts = [ABOUT_SETTINGS]
    for title, effects in (
        ("User pools", setting_effects.USER_POOL),
        ("Second factors of a pool", setting_effects.SECOND_FACTORS),
        ("App clients", setting_effects.APP_CLIENT),
        ("Domains", setting_effects.DOMAIN),
    ):
        parts.append(f"\n## {title}\n\n| setting | |\n| --- | --- |")
        parts += [f"| `{path}` | {effect.value} |" for path, effect in effects.items()]
    return "\n".join(parts) + "\n"


PAGES = {OPERATIONS: operations_page, SETTINGS: settings_page}


def main() -> None:
    for path, page in PAGES.items():
        path.write_text(page())


if __name__ == "__main__":
    django.setup()
    main()
