"""The sheet that our own e-mails are written on: one short column, no image, nothing from the network.

Mail programs are not browsers. Outlook draws with Word and knows tables and inline styles only; Gmail drops a style
sheet that it does not like as a whole. So everything stands inline, and the style sheet holds only what may be lost:
the colours of dark mode. What is filled in later (``{####}``, ``{link}``) goes through as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

from cognito_site.languages import Language

FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
MONO = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace"
SHEET = """<!doctype html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{title}</title>
<style>
@media (prefers-color-scheme: dark) {{
  .page {{ background: #16181d !important; }}
  .sheet {{ background: #22252c !important; }}
  .ink {{ color: #eceef2 !important; }}
  .pale {{ color: #b3b8c2 !important; }}
  .code {{ background: #30343d !important; color: #ffffff !important; }}
}}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f3f4f6">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f3f4f6">
<tr><td align="center" style="padding:32px 16px">
<table role="presentation" class="sheet" width="480" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:480px;background:#ffffff;border-radius:12px">
<tr><td align="{start}" style="padding:32px;{font}">
<p class="pale" dir="auto" style="margin:0 0 24px;font-size:14px;line-height:20px;color:#5b6270">{app}</p>
<h1 class="ink" style="margin:0 0 12px;font-size:22px;line-height:28px;font-weight:600;color:#16181d">{title}</h1>
{body}
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""  # noqa: E501


@dataclass(slots=True)
class Sheet:
    """Written from top to bottom, as HTML and as text at once, in one language. ``app`` and what stands in braces is
    filled in later."""

    language: Language
    title: str
    app: str
    _html: list[str] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)

    def sentence(self, words: str) -> None:
        if words:
            style = "margin:0 0 16px;font-size:16px;line-height:24px;color:#16181d"
            self._add(f'<p class="ink" style="{style}">{escape(words)}</p>', words)

    def small(self, words: str) -> None:
        if words:
            style = "margin:0;font-size:14px;line-height:20px;color:#5b6270"
            self._add(f'<p class="pale" style="{style}">{escape(words)}</p>', words)

    def code(self, code: str) -> None:
        """Alone on its line, left to right also in Arabic: for eyes, for screen readers, and for programs."""
        style = (
            f"margin:0 0 16px;padding:16px 8px;border-radius:8px;background:#f3f4f6;color:#16181d;{MONO};"
            "font-size:30px;line-height:36px;font-weight:600;letter-spacing:4px;text-align:center"
        )
        self._add(f'<p class="code" dir="ltr" style="{style}">{code}</p>', code)

    def facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Names and values, each value exactly as it is to be typed."""
        for name, value in facts:
            label = "margin:0;font-size:14px;line-height:20px;color:#5b6270"
            shown = f"margin:0 0 16px;font-size:18px;line-height:26px;color:#16181d;{MONO};word-break:break-all"
            self._add(
                f'<p class="pale" style="{label}">{escape(name)}</p>'
                f'<p class="ink" dir="auto" style="{shown}">{value}</p>',
                f"{name}: {value}",
            )

    def button(self, words: str, address: str) -> None:
        cell = "border-radius:8px;background:#1f5fd6"
        link = (
            f"display:inline-block;padding:13px 24px;{FONT};font-size:16px;line-height:22px;font-weight:600;"
            "color:#ffffff;text-decoration:none"
        )
        self._add(
            '<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px">'
            f'<tr><td bgcolor="#1f5fd6" style="{cell}">'
            f'<a href="{address}" style="{link}">{escape(words)}</a></td></tr></table>',
            address,
        )

    def _add(self, markup: str, text: str) -> None:
        self._html.append(markup)
        self._text.append(text)

    @property
    def html(self) -> str:
        is_rtl = self.language.direction == "rtl"
        return SHEET.format(
            language=self.language.code,
            direction=self.language.direction,
            start="right" if is_rtl else "left",
            title=escape(self.title),
            app=self.app,
            font=FONT,
            body="\n".join(self._html),
        )

    @property
    def text(self) -> str:
        return "\n\n".join([self.title, *self._text, self.app]) + "\n"
