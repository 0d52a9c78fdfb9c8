"""Settings from their sources, as one pure function: default, settings file, environment; the later one wins."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path

from bridge.settings.catalogue import Setting, catalogue
from bridge.settings.data_folder import default_data_dir, is_windows, whole_path
from bridge.settings.faults import SettingsFaults, reason, shown
from bridge.settings.files import read_file as read_real_file
from bridge.settings.model import FILE_NAME, Loaded, Settings
from bridge.settings.rules import broken_rules
from bridge.settings.sources import Raw, ReadFile, from_environ, from_toml, secret_text, variable

_DATA_DIR = "data_dir"


def load(
    environ: Mapping[str, str],
    *,
    platform: str,
    read_file: ReadFile = read_real_file,
    data_dir: str | None = None,
) -> Loaded:
    """Return the settings, or raise SettingsFaults with all that is wrong; `data_dir` is that of the command line."""
    loading = _Loading(environ, platform, read_file)
    folder = loading.data_folder(data_dir)
    if folder is not None:
        loading.read_settings_file(folder / FILE_NAME)
    values = loading.checked()
    if loading.faults or folder is None:
        raise SettingsFaults(tuple(loading.faults))
    settings = Settings(folder, **values)  # type: ignore[arg-type]  # each was checked by its own TypeAdapter
    faults = broken_rules(settings, loading.origins)
    if faults:
        raise SettingsFaults(tuple(faults))
    return Loaded(
        settings, {field.name: loading.origins[field.name] for field in fields(Settings)}, tuple(loading.warnings)
    )


class _Loading:
    """What has been found so far; a fault does not end the search for others."""

    def __init__(self, environ: Mapping[str, str], platform: str, read_file: ReadFile) -> None:
        self.environ = environ
        self.platform = platform
        self.read_file = read_file
        self.faults: list[str] = []
        self.warnings: list[str] = []
        self.settings = catalogue(windows=is_windows(platform))
        self.secrets = [setting.name for setting in self.settings.values() if setting.secret]
        self.origins: dict[str, str] = {}
        self.raw = from_environ(environ, [_DATA_DIR, *self.settings], self.secrets, self.faults)

    def data_folder(self, given: str | None) -> Path | None:
        named = self.raw.pop(_DATA_DIR, None)
        if given is not None:
            named = Raw(given, "--data-dir", textual=True)
        self.origins[_DATA_DIR] = named.origin if named else "default"
        try:
            if named is None:
                return Path(default_data_dir(self.platform, self.environ))
            return Path(whole_path(str(named.value), self.platform, self.environ))
        except ValueError as error:
            if named is None:
                cure = f"give --data-dir, or set {variable(_DATA_DIR)} to the folder for the data"
                self.faults.append(f"{error}, so there is no place for the data: {cure}")
            else:
                may_be = "the absolute path of a folder, such as /srv/toolboxai or ~/toolboxai"
                self.faults.append(f"{named.origin} is {shown(named.value)} ({error}); it may be {may_be}")
            return None

    def read_settings_file(self, path: Path) -> None:
        try:
            found = self.read_file(path)
        except (FileNotFoundError, NotADirectoryError):
            return  # most bridges have none; a data folder that is no folder is for the check of the data folder
        except OSError as error:
            self.faults.append(
                f"the file {path} cannot be read ({reason(error)}): let this account read it, or move it away"
            )
            return
        table = from_toml(path, found, list(self.settings), self.secrets, self.faults)
        for name, raw in table.items():
            if name in self.secrets and not raw.from_file and found.open_to_others:
                self.warnings.append(f"every account of this machine can read {path}, which holds {name}: chmod 600 it")
            self.raw.setdefault(name, raw)

    def checked(self) -> dict[str, object]:
        values: dict[str, object] = {}
        for field in fields(Settings):
            setting = self.settings.get(field.name)
            if setting is None:
                continue
            raw = self.raw.get(setting.name)
            if raw is None:
                assert field.default is not MISSING  # noqa: S101  # only data_dir has none
                values[setting.name], self.origins[setting.name] = field.default, "default"
                continue
            self.origins[setting.name] = raw.origin
            try:
                values[setting.name] = self._read(setting, raw)
            except ValueError as error:
                self.faults.append(str(error))
        if is_windows(self.platform):
            self._one_process(values)
        return values

    def _read(self, setting: Setting, raw: Raw) -> object:
        if not raw.from_file:
            try:
                return setting.from_text(str(raw.value)) if raw.textual else setting.from_toml(raw.value)
            except ValueError as error:
                raise ValueError(f"{raw.origin} {error}") from None
        try:
            path = Path(whole_path(str(raw.value), self.platform, self.environ))
        except ValueError as error:
            raise ValueError(
                f"{raw.origin} is {shown(raw.value)} ({error}); it may be the absolute path of a file"
            ) from None
        text, found = secret_text(raw, path, self.read_file)
        self.origins[setting.name] = f"{raw.origin}, the file {path}"
        if found.open_to_others:
            self.warnings.append(
                f"every account of this machine can read {path}, which holds {setting.name}: chmod 600 it"
            )
        try:
            return setting.from_text(text)
        except ValueError as error:
            raise ValueError(f"what {raw.origin} names, the file {path}, {error}") from None

    def _one_process(self, values: dict[str, object]) -> None:
        # Listening sockets cannot be handed to another process there as on POSIX.
        if values.get("workers") and self.origins["workers"] != "default":
            self.warnings.append(f"{self.origins['workers']} is not used on Windows, where the bridge is one process")
        values["workers"], self.origins["workers"] = 0, "Windows"
