"""The worked example uses what is public, so that it can be copied."""

from __future__ import annotations

import ast

from unit.testing.doctored import PIPELINE

import nhilab
import nhilab.testing

PUBLIC = {"nhilab": set(nhilab.__all__), "lab": set(nhilab.testing.__all__)}


def private_names(source: str) -> list[str]:
    """Names of the package that are used and not public; imports from inside it."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("nhilab"):
            found.append(f"from {node.module}")
        if isinstance(node, ast.Import):
            wrong = {alias.name for alias in node.names if alias.name.startswith("nhilab.")} - {"nhilab.testing"}
            found += sorted(wrong)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in PUBLIC:
            found += [] if node.attr in PUBLIC[node.value.id] else [f"{node.value.id}.{node.attr}"]
    return found


def test_the_example_uses_only_public_names() -> None:
    assert private_names((PIPELINE.parent / "test_pipeline.py").read_text(encoding="utf-8")) == []


def test_a_private_name_would_be_seen() -> None:
    source = "import nhilab.study\nfrom nhilab.base.estate import When\nnhilab.edited(1)\nlab.refuse()\nlab.edited(2)"
    assert sorted(private_names(source)) == ["from nhilab.base.estate", "lab.refuse", "nhilab.edited", "nhilab.study"]


def test_every_public_name_can_be_had_and_the_list_is_sorted() -> None:
    assert [name for name in nhilab.testing.__all__ if not callable(getattr(nhilab.testing, name))] == []
    assert sorted(nhilab.testing.__all__) == nhilab.testing.__all__
