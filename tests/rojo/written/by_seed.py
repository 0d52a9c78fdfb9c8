"""Some of the projects that seeds make up, so that every run of the tests sees files of all kinds beside one another.

Their binary models are those of the recorded `models`.
"""

from typing import Final

from tests.rojo.binary import binary_models
from tests.rojo.case import MODELS, PLACES, Case
from tests.rojo.made_up import made_up

SEEDS: Final = range(60)
KINDS: Final = (*MODELS, *PLACES)
CASES: Final = tuple(
    Case(f"seed {seed}", made_up(seed, binary_models()), kinds=(KINDS[seed % len(KINDS)],)) for seed in SEEDS
)
