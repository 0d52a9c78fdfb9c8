"""The three standard descriptors are open in this process, whoever started it.

Started with one of them closed, the next socket would take its number, and a line meant for a person would go into it.
"""

import os


def keep_standard_descriptors() -> None:
    """Open the ones that are missing on nothing."""
    while True:
        descriptor = os.open(os.devnull, os.O_RDWR)
        if descriptor > 2:  # noqa: PLR2004 - the last of the three
            os.close(descriptor)
            return
        os.set_inheritable(descriptor, True)
