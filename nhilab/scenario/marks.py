"""Where in a scenario file a key stands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml


def line_of(file: Path, keys: Sequence[str]) -> int | None:
    """Line of a key, from 1; None where it is not in the file itself, such as in one that it extends.

    Parameters
    ----------
    file : Path
    keys : sequence of str
        From the top, mappings only.

    Notes
    -----
    Checked by ``tests/unit/scenario/test_marks.py``.
    """
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return None
    line = None
    for key in keys:
        if not isinstance(node, yaml.MappingNode):
            return None
        found = next(((k, v) for k, v in node.value if k.value == key), None)
        if found is None:
            return None
        line, node = found[0].start_mark.line + 1, found[1]
    return line
