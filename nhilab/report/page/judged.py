"""Verdicts on limits as cells."""

from __future__ import annotations

import math
from typing import Final

from nhilab.report.page.cells import ABOVE
from nhilab.report.page.section import Cell, Tone
from nhilab.report.sentences.words import interval, number, shown_unit
from nhilab.study.designs.limits import Judgement, Verdict

TONES: Final[dict[Verdict, Tone]] = {"met": "good", "broken": "bad", "undecided": "open"}


def judged_cell(judgement: Judgement) -> Cell:
    """What was found of a limited value, with its bounds, in the tone of the verdict."""
    unit = shown_unit(judgement.limit.key, judgement.limit.unit)
    tone = TONES[judgement.verdict]
    if math.isinf(judgement.mean):
        return Cell(ABOVE, value=judgement.mean, tone=tone)
    ends = "" if math.isinf(judgement.low) else interval(judgement.low, judgement.high, unit)
    return Cell(number(judgement.mean, unit), ends, judgement.mean, tone)
