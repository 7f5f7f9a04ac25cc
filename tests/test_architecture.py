"""The house rules that a machine can hold. Each says what to do instead. Layers are ``make check``'s."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).resolve().parent.parent
OWN = ("cognito_site", "userpools", "identitypools", "hostedui")
LONGEST_MODULE = 400
LONGEST_OPERATION = 20
# One catalogue of refusals: split by noun, nobody would find the text that is there already.
LONG_FOR_A_REASON = {"cognito_site/contract/errors.py"}
EMPTY_NAMES = re.compile(r"utils?|helpers?|common|misc|services|stuff|base_?utils")
# The contract's list of AWS services; the noun is AWS's.
NAMES_THAT_MEAN_SOMETHING = {"cognito_site/contract/services.py"}
# The server's are the system's; the wire tells error reporters of an exception that it answers itself.
MAY_NAME_SIGNALS = ("cognito_site/server.py", "cognito_site/wire/views.py")
# Whose signatures are a library's.
OVERRIDES = {("hostedui/oauth/grants.py", "create_token")}
# What a request, a page or a session is made of.
DOORS_TOOLS = ("django.http", "django.shortcuts", "django.template", "django.views", "django.contrib.sessions")


@dataclass(frozen=True)
class Module:
    path: Path

    @cached_property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @cached_property
    def lines(self) -> list[str]:
        return self.path.read_text().splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse("\n".join(self.lines))

    @cached_property
    def functions(self) -> list[ast.FunctionDef]:
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)]

    def at(self, node: ast.AST) -> str:
        return f"{self.name}:{getattr(node, 'lineno', 0)}"

    def is_in(self, *layers: str) -> bool:
        return bool(set(layers) & set(self.path.relative_to(ROOT).with_suffix("").parts[:-1])) or (
            self.path.stem in layers and self.path.parent.parent == ROOT
        )


def own_modules() -> list[Module]:
    found = chain.from_iterable((ROOT / package).rglob("*.py") for package in OWN)
    return [Module(path) for path in sorted(found) if "migrations" not in path.parts]


MODULES = own_modules()


def length(function: ast.FunctionDef) -> int:
    """Lines of the body, without its documentation."""
    body = function.body[1:] if ast.get_docstring(function) and len(function.body) > 1 else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def imports(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node, node.module or ""


def test_there_is_something_to_look_at() -> None:
    assert len(MODULES) > 20


def test_modules_are_small() -> None:
    large = {module.name for module in MODULES if len(module.lines) >= LONGEST_MODULE} - LONG_FOR_A_REASON
    assert not large, f"Under {LONGEST_MODULE} lines, please: find the second noun in it."


@pytest.mark.parametrize("package", OWN)
def test_functions_are_small(package: str) -> None:
    lengths = [length(f) for module in MODULES if module.name.startswith(package) for f in module.functions] or [1, 1]
    assert median(lengths) <= 8, "Functions of about eight lines, please."
    assert quantiles([*lengths, lengths[0]], n=10)[-1] <= 25, "One function in ten may be longer than 25 lines."


def test_operations_translate_and_do_not_decide() -> None:
    long = {
        f"{module.name}:{function.name}": length(function)
        for module in MODULES
        if module.is_in("operations")
        for function in module.functions
        if any(isinstance(mark, ast.Name) and mark.id == "perform" for mark in function.decorator_list)
        and length(function) > LONGEST_OPERATION
    }
    assert not long, "A door of access, one call into the domain, one shape out. What is more is a rule: domain/."


def test_nothing_of_ours_is_imported_inside_functions() -> None:
    inner = [
        module.at(node)
        for module in MODULES
        for function in module.functions
        for node, name in imports(function)
        if name.split(".")[0] in OWN
    ]
    assert not inner, "Two modules that need each other are one module, or need a third."


def test_no_boolean_selects_behaviour() -> None:
    """By position nobody can read it; a keyword-only value of AWS's own (``Permanent``) is data."""
    selecting = [
        f"{module.at(argument)} {function.name}({argument.arg})"
        for module in MODULES
        for function in module.functions
        for argument in function.args.args
        if isinstance(argument.annotation, ast.Name) and argument.annotation.id == "bool"
        if len(function.args.args) > 1 and (module.name, function.name) not in OVERRIDES
    ]
    assert not selecting, "Two functions, or a keyword-only argument if it is a value that is stored."


def test_names_say_something() -> None:
    empty = [
        module.name
        for module in MODULES
        if any(EMPTY_NAMES.fullmatch(part) for part in Path(module.name).with_suffix("").parts)
        and module.name not in NAMES_THAT_MEAN_SOMETHING
    ]
    assert not empty, "Name the noun that lives there."


def test_packages_say_what_they_own() -> None:
    silent = [
        module.name
        for module in MODULES
        if module.path.name == "__init__.py"
        and len(list(module.path.parent.glob("*.py"))) > 2
        and not {"management", "commands"} & set(module.path.parts)
        and len((ast.get_docstring(module.tree) or "").splitlines()) not in range(2, 31)
    ]
    assert not silent, "Say in 3 to 15 lines what the package owns and what it must not know."


def test_domain_and_models_see_no_request_and_no_page() -> None:
    seen = [
        module.at(node)
        for module in MODULES
        if module.is_in("domain", "models")
        for node, name in imports(module.tree)
        if name.startswith(DOORS_TOOLS)
    ]
    assert not seen, "Take plain values; the door has the request."


def test_queries_start_in_the_domain() -> None:
    started = [
        module.at(node)
        for module in MODULES
        if module.is_in("operations", "wire", "hostedui", "contract") or module.name.startswith("hostedui/")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager")
    ]
    assert not started, "Fetch through a door of domain.access, or from an object that it returned."


def test_models_have_no_hidden_behaviour() -> None:
    hidden = [
        module.at(function)
        for module in MODULES
        if module.is_in("models")
        for function in module.functions
        if function.name in ("save", "delete", "full_clean", "clean")
    ]
    signals = [module.at(node) for module in MODULES for node, name in imports(module.tree) if "signals" in name]
    assert not hidden + [place for place in signals if not place.startswith(MAY_NAME_SIGNALS)], (
        "What happens is written where it is asked for: domain/."
    )


def test_the_wire_names_of_members_stay_in_the_doors() -> None:
    member = re.compile(r"[A-Z][a-z0-9]+([A-Z][a-z0-9]*)+")
    spelled = [
        f"{module.at(node)} {node.slice.value}"
        for module in MODULES
        if module.is_in("domain", "models")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
        and member.fullmatch(node.slice.value)
    ]
    assert not spelled, "AWS's spelling of members belongs into operations/."
