"""Everything that is wrong with the settings, told at once."""

from typing import Final

from backend.errors import SettingsError

_LONGEST_SHOWN: Final = 60


class SettingsFaults(SettingsError):
    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def shown(value: object) -> str:
    """A value on one line and of one length, whatever is in it."""
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


def reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


def shown_name(name: str) -> str:
    return name if name.isprintable() and len(name) <= _LONGEST_SHOWN else shown(name)
