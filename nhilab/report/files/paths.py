"""Paths, choke points, cycles and edges as files of comma-separated values."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from nhilab.base.files import write_text
from nhilab.metrics.paths import Move
from nhilab.study.closeups.paths import PathStudy

_SHARES = ("campaigns", "campaign_share", "weighted_reach")


def write_paths(folder: Path, study: PathStudy) -> None:
    """Write paths.csv, chokepoints.csv, cycles.csv and edges.csv, each whole or not at all.

    Parameters
    ----------
    folder : Path
    study : PathStudy

    Raises
    ------
    InputError
        If a file cannot be written.

    Notes
    -----
    Definition: MODEL.md, paths. Checked by ``tests/unit/report/files/test_path_files.py``, which reads the edges with
    networkx.
    """
    ends = ("resources", "resource_classes", "median_first_s", "median_openings", "path")
    paths = (
        (p.campaigns, p.campaign_share, p.weighted_reach, p.resources, ";".join(p.classes), p.median_first_s,
         p.median_openings, _words(p.path))
        for p in study.paths
    )  # fmt: skip
    _write(folder / "paths.csv", (*_SHARES, *ends), paths)
    lost = ("kind", "node", "operation", "campaigns", "campaign_share", "weighted_reach_on_paths")
    points = (
        (c.name.kind, str(c.name.node), c.name.operation, c.campaigns, c.campaign_share, c.on_paths, c.lost,
         c.lost_share)
        for c in study.choke_points
    )  # fmt: skip
    _write(folder / "chokepoints.csv", (*lost, "weighted_reach_lost", "lost_share"), points)
    cycles = ((c.campaigns, c.campaign_share, len(c.cycle), _words((*c.cycle, c.cycle[0]))) for c in study.cycles)
    _write(folder / "cycles.csv", ("campaigns", "campaign_share", "length", "cycle"), cycles)
    edges = (
        (*map(str, e.edge[:2]), e.edge.verb, _plain(e.edge.operation), e.campaigns, e.campaign_share, e.weighted_reach,
         e.median_first_s)
        for e in study.edges
    )  # fmt: skip
    _write(folder / "edges.csv", ("source", "target", "kind", "operation", *_SHARES, "median_first_s"), edges)


def paths_json(study: PathStudy) -> dict[str, Any]:
    """Paths, choke points and cycles as `nhilab paths --json` gives them, finite numbers or null.

    Parameters
    ----------
    study : PathStudy

    Returns
    -------
    dict
        Edges are left out: they are as many as the estate's, and stand in edges.csv.
    """
    told = ("strategy", "seed", "replications", "campaigns", "persistent", "weighted_reach", "n_parts")
    return {
        "schema": "nhilab/paths/1",
        **{name: getattr(study, name) for name in told},
        "paths": [
            {"path": _words(p.path), "campaigns": p.campaigns, "campaign_share": _finite(p.campaign_share),
             "weighted_reach": _finite(p.weighted_reach), "resources": _finite(p.resources),
             "median_first_s": _finite(p.median_first_s), "median_openings": _finite(p.median_openings)}
            for p in study.paths
        ],
        "choke_points": [
            {"kind": c.name.kind, "node": str(c.name.node), "operation": c.name.operation, "campaigns": c.campaigns,
             "campaign_share": _finite(c.campaign_share), "weighted_reach_on_paths": _finite(c.on_paths),
             "weighted_reach_lost": _finite(c.lost), "lost_share": _finite(c.lost_share)}
            for c in study.choke_points
        ],
        "cycles": [
            {"cycle": _words((*c.cycle, c.cycle[0])), "campaigns": c.campaigns, "campaign_share": c.campaign_share}
            for c in study.cycles
        ],
    }  # fmt: skip


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _words(moves: Iterable[Move]) -> str:
    """Moves as ``VERB [by OPERATION] NODE``, one after another."""
    return " > ".join(" ".join([m.verb, *(["by", m.operation] if m.operation else []), str(m.node)]) for m in moves)


def _plain(text: str) -> str:
    """Without the commas that a reader of edges would take for separators."""
    return text.replace(",", ";")


def _write(path: Path, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    write_text(path, text.getvalue())
