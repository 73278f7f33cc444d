"""Known answers against simulation, from the scenario to the measured quantity.

Hypothesis: the lab's value is the known answer of ``nhilab.theory``. Every statistical check estimates it from
independent replications and is refused beyond a limit of Student's t such that all checks together raise a false
alarm with probability 1e-4 at most. Each must also refuse a theory 2 % off; an exact one a theory one step off.

    python -m pytest tests/verification            # fixed seed
    python -m pytest tests/verification --full     # larger, and a fresh seed, shown where a check fails
    nhilab verify                                  # the same checks as a table
"""

from __future__ import annotations

import hashlib

import pytest

from nhilab.study.verify.check import Check
from nhilab.study.verify.run import CHECKS, verify

SEED = 20261123


@pytest.fixture(scope="session")
def seed(full: bool, testrun_uid: str) -> int:
    """Fixed, or fresh with --full: the same in all processes of one run."""
    fresh = int.from_bytes(hashlib.sha256(testrun_uid.encode()).digest()[:4], "little")
    return fresh if full else SEED


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name.replace(" ", "-"))
def test_the_lab_agrees_with_theory_and_with_nothing_near_it(check: Check, full: bool, seed: int) -> None:
    found = verify(check, size="full" if full else "ci", seed=seed)
    assert found.agrees, f"seed {seed}: the lab differs from theory: {found}"
    assert found.sharp, f"seed {seed}: a theory slightly off would pass too: {found}"


def test_every_check_has_a_name_of_its_own() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)
