import os
import subprocess
import sys

import pytest

PROGRAM = """
import os, sys
for each in {closed}:
    os.close(each)
from bridge.supervisor.stdio import keep_standard_descriptors
keep_standard_descriptors()
next_one = os.open(os.devnull, os.O_RDONLY)
os.write({told}, str(next_one).encode())
"""


@pytest.mark.parametrize("closed", [(), (0,), (1,), (2,), (0, 1), (0, 1, 2)])
def test_no_later_descriptor_takes_the_place_of_a_standard_one(closed: tuple[int, ...]) -> None:
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM.format(closed=closed, told=writing)], pass_fds=[writing], check=True
    )
    os.close(writing)
    with os.fdopen(reading) as pipe:
        assert int(pipe.read()) > 2
