"""Figures as SVG inside a page: no styles in attributes, ids of their own, lines and letters in the page's colour."""

from __future__ import annotations

import math
import re
from typing import Final
from xml.etree import ElementTree

from nhilab.report.drawing.belonging import OF_STRATEGY
from nhilab.report.drawing.drawing import Draw, svg_element

WIDE: Final = 500.0
"""Points from which a figure takes the whole width of the page, and is not made as narrow as a telephone."""

LETTER_PX: Final = 9.0
"""Height that the smallest letters of a figure have at least on a telephone, where it is scrolled if need be."""

_LETTERS: Final = re.compile(r"scale\(([\d.]+) -")
"""Matplotlib draws letters as outlines of 100 units, scaled to their size in points."""

_XLINK: Final = "http://www.w3.org/1999/xlink"
_TARGET: Final = re.compile(r"url\(#([^)]+)\)")
_INK: Final = {"#767676", "#444444", "#000000"}
"""Colours of axes, letters and error bars: drawn in the colour of the page's text, light or dark."""


def inlined(key: str, draw: Draw) -> str:
    """A figure as an SVG element for a page whose policy forbids styles in attributes.

    Parameters
    ----------
    key : str
        Put before each id, so that several figures have room on a page.
    draw : Draw

    Returns
    -------
    str
        Artists with the group id ``strategy:NAME`` have ``data-strategy="NAME"`` instead.
    """
    bare = svg_element(draw).replace("<svg ", f'<svg xmlns:xlink="{_XLINK}" ', 1)
    root = ElementTree.fromstring(bare)
    _leave_out_styles(root)
    for element in root.iter():
        _spell_out(element)
    wanted = {target for element in root.iter() for value in element.attrib.values() for target in _targets(value)}
    for element in root.iter():
        _rename(element, key, wanted)
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    wide = float(root.attrib["viewBox"].split()[2]) > WIDE
    root.attrib |= {"aria-hidden": "true", "focusable": "false"} | ({"class": "wide"} if wide else {})
    return ElementTree.tostring(root, encoding="unicode")


def legible_width(svg: str) -> int:
    """Least width of a figure, in CSS pixels, at which its smallest letters can be read; 0 for one without letters."""
    width = float(re.findall(r'viewBox="\S+ \S+ (\S+)', svg)[0])
    sizes = [100 * float(size) for size in _LETTERS.findall(svg)]
    return math.ceil(LETTER_PX / min(sizes) * width) if sizes else 0


def _leave_out_styles(root: ElementTree.Element) -> None:
    """Without the style sheet that matplotlib puts in: the page has its rules."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == "style":
                parent.remove(child)


def _spell_out(element: ElementTree.Element) -> None:
    """Write what the style attribute says as attributes of their own."""
    rules = (rule.partition(":") for rule in element.attrib.pop("style", "").split(";") if rule.strip())
    element.attrib.update({name.strip(): value.strip() for name, _, value in rules})
    for name in ("fill", "stroke"):
        if element.attrib.get(name) in _INK:
            element.attrib[name] = "currentColor"
    if (link := element.attrib.pop(f"{{{_XLINK}}}href", None)) is not None:
        element.attrib["href"] = link


def _targets(value: str) -> list[str]:
    return [value[1:]] if value.startswith("#") else _TARGET.findall(value)


def _rename(element: ElementTree.Element, key: str, wanted: set[str]) -> None:
    name = element.attrib.pop("id", "")
    if name.startswith(OF_STRATEGY):
        element.attrib["data-strategy"] = name.removeprefix(OF_STRATEGY)
    elif name in wanted:
        element.attrib["id"] = f"{key}-{name}"
    for attribute, value in element.attrib.items():
        if attribute == "href" and value.startswith("#"):
            element.attrib[attribute] = f"#{key}-{value[1:]}"
        else:
            element.attrib[attribute] = _TARGET.sub(rf"url(#{key}-\1)", value)
