"""Thousands of projects that seeds make up, built by the real Rojo and by ours."""

from typing import Final

import pytest

from gates import rojo
from tests.rojo.against import KINDS, differing, fewer
from tests.rojo.binary import binary_models
from tests.rojo.dom import Reader
from tests.rojo.made_up import made_up
from tests.rojo.real import Rojo

SEEDS: Final = 3_000
LIMIT_SECONDS: Final = 3_600


@pytest.mark.proof
@pytest.mark.timeout(LIMIT_SECONDS)
def test_ours_builds_what_rojo_builds_and_refuses_what_it_refuses(read: Reader) -> None:
    real, binary = Rojo(rojo.program()), binary_models()
    for seed in range(SEEDS):
        kind = KINDS[seed % len(KINDS)]
        files = made_up(seed, binary)
        if wrong := differing(files, kind, real, read):
            few = fewer(files, lambda some: bool(differing(some, kind, real, read)))  # noqa: B023
            raise AssertionError(f"seed {seed} as {kind}, with {few}: {differing(few, kind, real, read) or wrong}")
