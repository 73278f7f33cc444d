"""``nhilab presets``: what real systems do by their documentation."""

from __future__ import annotations

import json as text_of
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import typer

from nhilab.base.files import write_json
from nhilab.cli.complete import preset_names
from nhilab.cli.options import Json, Quiet, writable_file
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
    known = presets()
    if name is None:
        listed = [{"name": p.name, "section": p.section, "title": p.title} for p in known.values()]
        _say(listed, _table(part.values() for part in listed), json, quiet=quiet)
        return
    found = [preset for preset in known.values() if preset.name == name]
    if not found:
        near = get_close_matches(name.lower(), dict.fromkeys(preset.name for preset in known.values()))
        allowed = f"near it: {', '.join(near)}" if near else "`nhilab presets` lists them"
        raise typer.BadParameter(f"no preset {name!r}; {allowed}")
    _say([_content(preset) for preset in found], "\n\n".join(map(_text, found)), json, quiet=quiet)


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


def _text(preset: Preset) -> str:
    said = [(s.key, _shown(s.value), s.origin.tag, s.origin.source) for s in preset.statements()]
    head = f"{preset.name} ({preset.section}): {preset.title}"
    return "\n".join([head, *([f"note: {preset.note}"] if preset.note else []), _table(said, indent="  ")])


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else text_of.dumps(value)


def _table(rows: Iterable[Iterable[str]], indent: str = "") -> str:
    lines: Sequence[Sequence[str]] = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in list(zip(*lines, strict=True))[:-1]]
    return "\n".join(
        indent + "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]])
        for line in lines
    )
