import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def open_tmp_path() -> Iterator[Path]:
    """A folder that every account can enter; pytest's own cannot be entered by others."""
    folder = Path(tempfile.mkdtemp(prefix="toolboxai-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
