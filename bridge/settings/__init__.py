"""Settings: what may be set, and the one pure function that reads it from the environment and the settings file."""

from bridge.settings.data_folder import default_data_dir
from bridge.settings.faults import SettingsFaults
from bridge.settings.files import FoundFile, read_file
from bridge.settings.load import load
from bridge.settings.model import DATABASE_NAME, FILE_NAME, Loaded, Settings
from bridge.settings.wire import from_wire, to_wire

__all__ = [
    "DATABASE_NAME",
    "FILE_NAME",
    "FoundFile",
    "Loaded",
    "Settings",
    "SettingsFaults",
    "default_data_dir",
    "from_wire",
    "load",
    "read_file",
    "to_wire",
]
