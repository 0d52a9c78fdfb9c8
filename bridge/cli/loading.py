"""The settings of this process: the one place that reads the environment."""

import os
import sys
from typing import TYPE_CHECKING

from bridge.cli.asked import Asked
from bridge.cli.failure import warn

if TYPE_CHECKING:
    from bridge.settings import Loaded


def load_settings(asked: Asked) -> "Loaded":
    """Return the settings, after telling what is suspicious about them."""
    from bridge.settings import load

    loaded = load(os.environ, platform=sys.platform, data_dir=asked.data_dir)
    for sentence in loaded.warnings:
        warn(sentence)
    return loaded
