"""A letter is one whole file for the owner alone."""

import email
import stat
from pathlib import Path

import pytest

from backend.accounts.mail.file_sender import FileSender
from backend.accounts.mail.sending import MailNotSent, MailSender
from backend.ids import born_seconds
from tests.unit.backend.accounts.mail.letters_for_tests import MESSAGE, SENDER


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_letter_is_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    sender: MailSender = FileSender(folder, SENDER)
    await sender.send(MESSAGE)

    (path,) = folder.iterdir()
    assert ".eml" == path.suffix
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert 0o700 == stat.S_IMODE(folder.stat().st_mode)
    assert "anna@school.example" == email.message_from_bytes(path.read_bytes())["To"]


async def test_letters_stand_in_the_order_in_which_they_were_written(tmp_path: Path) -> None:
    seconds = iter(range(1000, 1010))
    sender = FileSender(tmp_path, SENDER, lambda: float(next(seconds)))
    for _ in range(3):
        await sender.send(MESSAGE)

    births = [born_seconds(name.removesuffix(".eml")) for name in names(tmp_path)]
    assert [1000, 1001, 1002] == births


async def test_a_letter_that_could_not_be_written_whole_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)

    with pytest.raises(MailNotSent, match="No space left") as caught:
        await FileSender(tmp_path, SENDER).send(MESSAGE)
    assert caught.value.again
    assert [] == names(tmp_path)


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "letters").write_text("a file stands here")

    with pytest.raises(MailNotSent, match="letters"):
        await FileSender(tmp_path / "letters", SENDER).send(MESSAGE)
