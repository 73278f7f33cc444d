"""``nhilab presets``: what real systems do by their documentation."""

from __future__ import annotations

import json as text_of
import textwrap
from collections.abc import Collection, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import typer

from nhilab.base.files import write_json
from nhilab.cli.complete import preset_names
from nhilab.cli.options import Json, Quiet, console, writable_file
from nhilab.scenario.presets import Preset, presets


def presets_command(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="One of them.", show_default="all", autocompletion=preset_names)
    ] = None,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """List the presets of real systems, or what one of them says, with sources.

    A scenario names one in an issuer, a verifier or a stage, beside the keys that differ:
    {preset: aws-sts, service_time: 50ms}.
    """
    known, width = presets(), console().width
    if name is None:
        listed = [{"name": p.name, "section": p.section, "title": p.title} for p in known.values()]
        _say(listed, _listed(known.values(), width), json, quiet=quiet)
        return
    found = [preset for preset in known.values() if preset.name == name]
    if not found:
        names = dict.fromkeys(preset.name for preset in known.values())
        near = [known for known in names if name.lower() in known] or get_close_matches(name.lower(), names)
        allowed = f"near it: {', '.join(near)}" if near else "`nhilab presets` lists them"
        raise typer.BadParameter(f"no preset {name!r}; {allowed}")
    _say(
        [_content(preset) for preset in found], "\n\n".join(_text(preset, width) for preset in found), json, quiet=quiet
    )


def _say(content: object, text: str, json: Path | None, *, quiet: bool) -> None:
    if json is not None:
        writable_file(json)
        write_json(json, content)
    if not quiet:
        typer.echo(text)


def _content(preset: Preset) -> dict[str, Any]:
    return {
        "name": preset.name,
        "section": preset.section,
        "title": preset.title,
        "note": preset.note,
        "says": [{"key": s.key, "value": s.value, s.origin.tag: s.origin.source} for s in preset.statements()],
        "figures": [dict(figure) for figure in preset.figures],
    }


def _text(preset: Preset, width: int) -> str:
    said = [(s.key, _shown(s.value), s.origin.tag) for s in preset.statements()]
    sources = [s.origin.source for s in preset.statements()]
    lines = _folded(f"{preset.name} ({preset.section}): {preset.title}", width, "")
    lines += _folded(f"note: {preset.note}", width, "") if preset.note else []
    for row, source in zip(_table(said), sources, strict=True):
        lines += [f"  {row}", *_folded(source, width, "      ")]
    return "\n".join(lines)


def _listed(known: Collection[Preset], width: int) -> str:
    """A line for each preset, and its title below."""
    rows = [(preset.name, preset.section) for preset in known]
    titles = [preset.title for preset in known]
    return "\n".join(
        line for row, title in zip(_table(rows), titles, strict=True) for line in (row, *_folded(title, width, "    "))
    )


def _folded(text: str, width: int, indent: str) -> list[str]:
    """Text within the width; addresses stay whole."""
    return textwrap.wrap(
        text, width, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else text_of.dumps(value)


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
