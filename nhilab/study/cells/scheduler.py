"""Where the scheduler of a Dask cluster answers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

from nhilab.base.errors import InputError
from nhilab.base.files import read_text

LOCAL: Final = "local"
"""The cluster that is started here, for this study alone."""

SECTION: Final = "nhilab.clusters"
"""Where Dask's configuration names clusters."""


def address_of(cluster: str) -> str:
    """Address of a scheduler, from what a user wrote.

    Raises
    ------
    InputError
        If it is neither an address nor a scheduler file nor a name in Dask's configuration.
    """
    import dask.config

    names = dask.config.get(SECTION, {})
    named = names.get(cluster) if isinstance(names, dict) else None
    for written in (cluster, named):
        if isinstance(written, str) and re.fullmatch(r"\w+://\S+|[\w.-]+:\d+", written):
            return written
        if isinstance(written, str) and written.endswith(".json"):
            return _written(Path(written))
    known = ", ".join([LOCAL, *(names if isinstance(names, dict) else {})])
    allowed = f"tcp://HOST:PORT, a scheduler file that ends in .json, or a name: {known} ({SECTION} of Dask's settings)"
    raise InputError("--cluster", "", cluster, allowed)


def _written(path: Path) -> str:
    """The address in a scheduler file."""
    try:
        content = json.loads(read_text(path))
    except ValueError:
        content = None
    address = content.get("address") if isinstance(content, dict) else None
    if not isinstance(address, str):
        raise InputError(path, "address", content if content is None else address, "the file a Dask scheduler wrote")
    return address
