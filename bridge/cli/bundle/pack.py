"""`toolboxai bundle pack`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from backend.errors import UsageError
from bridge.cli.asked import Asked, options
from bridge.cli.bundle.keys import secret_key
from bridge.cli.bundle.opening import FILE, open_bundle
from bridge.cli.bundle.output import OutputFile, takes_replace
from bridge.cli.bundle.refusals import refusals
from bridge.cli.bundle.telling import printable, tell_packed
from bridge.cli.failure import warn
from bridge.cli.progress import Shown
from bridge.cli.unwinding import unwinding

if TYPE_CHECKING:
    from core_rs import Memo, Packed

_SKIPPED_SHOWN: Final = 10


@click.command("pack", short_help="Pack a folder into a bundle.")
@click.argument("folder", type=FILE)
@click.argument("bundle", type=FILE)
@click.option("--since", type=FILE, metavar="BUNDLE", help="Carry only what this earlier bundle does not have.")
@click.option("--memo", type=FILE, metavar="FILE", help="Note here what was read, to read less the next time.")
@click.option(
    "--sign-with",
    "key",
    type=FILE,
    metavar="FILE",
    help="Sign with the secret key in this file: 32 random bytes, or their 64 hexadecimal digits.",
)
@click.option("--any-name", is_flag=True, help="Take names too that not every system takes.")
@takes_replace
@options
@click.pass_obj
def command(  # noqa: PLR0917
    asked: Asked,
    folder: Path,
    bundle: Path,
    since: Path | None,
    memo: Path | None,
    key: Path | None,
    any_name: bool,  # noqa: FBT001
    replace: bool,  # noqa: FBT001
) -> None:
    """Pack FOLDER into the new file BUNDLE.

    Links, and names that are not UTF-8, are left out and named.

    \b
    Examples:
      toolboxai bundle pack lessons lessons-1.tbx --memo lessons.memo
      toolboxai bundle pack lessons lessons-2.tbx --memo lessons.memo --since lessons-1.tbx
      toolboxai bundle pack lessons lessons-1.tbx --sign-with secret.key
    """
    from core_rs import pack_folder

    output = OutputFile(bundle, replace=replace)
    _refuse_inside(folder, memo, "the memo")
    _refuse_inside(folder, key, "the secret key")
    seed = secret_key(key) if key else None
    with (
        unwinding(),
        refusals(NameRefused="rename it, or let --any-name take it where it need not unpack on Windows"),
        Shown("packing", asked=asked) as shown,
    ):
        remembered = _load(memo)
        packed = pack_folder(
            folder,
            output.path,
            base=open_bundle(since) if since else None,
            memo=remembered,
            seed=seed,
            any_name=any_name,
            durable=True,
            progress=shown.progress,
        )
    if memo and remembered is not None:
        _save(remembered, memo)
    _warn(packed)
    tell_packed(asked, bundle, packed)


def _refuse_inside(folder: Path, file: Path | None, what: str) -> None:
    """Refuse a file of ours that would be packed with the rest."""
    if file is None or not folder.is_dir():
        return
    around = Path(os.path.realpath(file)).parents
    if any(each.exists() and each.samefile(folder) for each in around):
        raise UsageError(f"{file} is inside the folder, so {what} would be in the bundle: keep it elsewhere")


def _load(path: Path | None) -> "Memo | None":
    from core_rs import Memo

    memo = Memo.load(path) if path else None
    if memo is not None and memo.fault:
        warn(f"{path} is not used, so every file is read: {memo.fault}")
    return memo


def _save(memo: "Memo", path: Path) -> None:
    """Keep the memo; the bundle is there already, so that this fails is no failure of the command."""
    from core_rs import FileFailed

    try:
        memo.save(path)
    except FileFailed as error:
        warn(f"the memo is not kept, so every file is read the next time: {error}")


def _warn(packed: "Packed") -> None:
    from core_rs import MOST_UNPACKED_BYTES

    for path, reason in packed.skipped[:_SKIPPED_SHOWN]:
        warn(f"{printable(path)} is not in the bundle: {reason}")
    if len(packed.skipped) > _SKIPPED_SHOWN:
        warn(f"{len(packed.skipped) - _SKIPPED_SHOWN:,} more are not in the bundle; --json names all of them")
    if packed.total_bytes > MOST_UNPACKED_BYTES:
        warn(f"whoever unpacks it has to allow its size: --most-bytes {packed.total_bytes}")
