"""Every sentence of the pages and of the messages, as the sources have it, and catalogues as gettext writes them.

``python -m tests.hostedui.sentences`` writes the templates of all catalogues, ``*/locale/django.pot``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent.parent
SINGULAR = {"_", "gettext", "gettext_lazy"}
PLURAL = {"ngettext", "ngettext_lazy"}
IN_TEMPLATE = re.compile(
    r"""\bn?gettext\(u(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")(?:, u(?:'(?:[^'\\]|\\.)*'|"[^"]*"))?"""
)
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{[\w#-]+\}|<a href=\"[^\"]*\">|</?[a-z][^>]*>")
HEADER = r"""msgid ""
msgstr ""
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"""

Key = tuple[str, ...]
"""A sentence, or its singular and plural."""


@dataclass
class Entry:
    key: Key
    said: list[str] = field(default_factory=list)
    is_fuzzy: bool = False


@dataclass(frozen=True)
class Domain:
    """Sentences that are translated together: ``sources`` are directories."""

    name: str
    sources: tuple[Path, ...]

    @property
    def locale(self) -> Path:
        return ROOT / self.name / "locale"

    @property
    def template(self) -> Path:
        return self.locale / "django.pot"

    @property
    def catalogues(self) -> list[Path]:
        return sorted(self.locale.glob("*/LC_MESSAGES/django.po"))


PAGES = Domain("hostedui", (ROOT / "hostedui", ROOT / "templates" / "hostedui"))
MESSAGES = Domain("userpools", (ROOT / "userpools" / "domain",))
DOMAINS = (PAGES, MESSAGES)


# --- the sources ------------------------------------------------------------------------------------------------------


def of_sources(domain: Domain) -> dict[Key, list[str]]:
    """Each sentence, with the files that say it."""
    found: dict[Key, list[str]] = {}
    files = [path for source in domain.sources for kind in ("*.py", "*.html") for path in source.rglob(kind)]
    for path in sorted(files):
        for key in _of_python(path) if path.suffix == ".py" else _of_template(path):
            places = found.setdefault(key, [])
            if str(path.relative_to(ROOT)) not in places:
                places.append(str(path.relative_to(ROOT)))
    return found


def _of_python(path: Path) -> Iterator[Key]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        wanted = 1 if node.func.id in SINGULAR else 2 if node.func.id in PLURAL else 0
        texts = [argument.value for argument in node.args[:wanted] if isinstance(argument, ast.Constant)]
        if wanted:
            assert len(texts) == wanted, f"{path}:{node.lineno} is not a plain sentence."
            yield tuple(texts)


def _of_template(path: Path) -> Iterator[Key]:
    for call in IN_TEMPLATE.findall(templatize(path.read_text())):
        texts = ast.literal_eval(f"({call.partition('(')[2]},)")
        yield tuple(texts)


# --- catalogues -------------------------------------------------------------------------------------------------------


def read(path: Path) -> dict[Key, Entry]:
    """Of a ``.po`` file, without its header."""
    entries = [_entry(block) for block in path.read_text().split("\n\n") if "\nmsgid " in f"\n{block}"]
    return {entry.key: entry for entry in entries if entry.key != ("",)}


def _entry(block: str) -> Entry:
    parts: dict[str, str] = {}
    keyword = ""
    for line in block.splitlines():
        if line.startswith("#"):
            continue
        text = line if line.startswith('"') else line.partition(" ")[2]
        keyword = keyword if line.startswith('"') else line.partition(" ")[0]
        parts[keyword] = parts.get(keyword, "") + str(ast.literal_eval(text))
    key = tuple(parts[name] for name in ("msgid", "msgid_plural") if name in parts)
    said = [text for name, text in parts.items() if name.startswith("msgstr")]
    return Entry(key, said, any(line.startswith("#,") and "fuzzy" in line for line in block.splitlines()))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def template(domain: Domain) -> str:
    blocks = [HEADER]
    for key, places in of_sources(domain).items():
        lines = [f"#: {' '.join(places)}", f"msgid {_quoted(key[0])}"]
        lines += [f"msgid_plural {_quoted(key[1])}", 'msgstr[0] ""', 'msgstr[1] ""'] if len(key) > 1 else ['msgstr ""']
        blocks.append("\n".join([*lines, ""]))
    return "\n".join(blocks)


if __name__ == "__main__":
    for each in DOMAINS:
        each.template.write_text(template(each))
