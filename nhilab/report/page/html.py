"""A page as one HTML file that asks nothing of any network."""

from __future__ import annotations

import base64
import hashlib
import importlib.resources
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from jinja2 import Environment, StrictUndefined

from nhilab.base.files import write_text
from nhilab.report.page.cells import frame_table
from nhilab.report.page.page import Page
from nhilab.report.page.vector import inlined, legible_width

_FILES: Final = importlib.resources.files("nhilab.report.page")


def html_of(page: Page) -> str:
    """The page as HTML: the same text for the same page.

    Its policy lets it use its own style and script, and nothing else; without a script it can be read whole.
    """
    drawings = {picture.key: inlined(picture.key, picture.draw) for picture in page.pictures}
    style, script = _read("style.css") + _on_telephones(drawings), _read("script.js")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["written"] = _written
    return environment.from_string(_read("page.html.j2")).render(
        page=page,
        parts=_parts(page),
        style=style,
        script=script,
        policy=_policy(style, script),
        numbers={p.key: frame_table(p.title, p.table) for p in page.pictures if p.table is not None},
        drawings=drawings,
    )


def write_html(path: Path, page: Page) -> None:
    """Write the page.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    write_text(path, html_of(page))


def _on_telephones(drawings: Mapping[str, str]) -> str:
    """Rules for pictures that would be shrunk until nobody can read them."""
    rules = [f'[id="picture-{key}"] .drawing {{ min-width: {legible_width(svg)}px; }}' for key, svg in drawings.items()]
    return "\n".join(["@media screen and (max-width: 40rem) {", *rules, "}"]) if rules else ""


def _parts(page: Page) -> list[tuple[str, str]]:
    """Identifier and title of each part of the page, in order."""
    some = [
        ("limits", "What limits it", page.notes),
        ("pictures", "Pictures", page.pictures),
        ("tables", "Tables", page.tables),
        *((f"section-{number}", section.title, True) for number, section in enumerate(page.sections, 1)),
        ("assumed", "What is assumed", True),
        ("meanings", "How to read it", page.meanings),
    ]
    return [("answer", "The answer"), *((name, title) for name, title, there in some if there)]


def _written(value: float | None) -> str:
    """A number as a script reads it; empty for none."""
    if value is None or math.isnan(value):
        return ""
    return repr(float(value)).replace("inf", "Infinity")


def _read(name: str) -> str:
    return _FILES.joinpath(name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """What the page may load: nothing but what is in it."""
    return "; ".join(
        [
            "default-src 'none'", f"style-src {_hash(style)}", f"script-src {_hash(script)}", "img-src data:",
            "base-uri 'none'", "form-action 'none'",
        ]
    )  # fmt: skip


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
