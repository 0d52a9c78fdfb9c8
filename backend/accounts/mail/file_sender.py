"""Writes each letter as a file, for a bridge without a mail server: whoever runs it hands the letters on."""

import asyncio
import time
from pathlib import Path
from typing import Final

from backend.accounts.mail.message import Message, Sender, as_mail
from backend.accounts.mail.sending import MailNotSent
from backend.ids import Clock, new_id
from backend.whole_file import whole_file

_OWNER_ONLY_FOLDER: Final = 0o700


class FileSender:
    """Files `<id>.eml`, in the order they were written; a file with that name is whole."""

    def __init__(self, folder: Path, sender: Sender, clock: Clock = time.time) -> None:
        self._folder = folder
        self._sender = sender
        self._clock = clock

    async def send(self, message: Message) -> None:
        content = as_mail(message, self._sender).as_bytes()
        try:
            await asyncio.to_thread(self._write, content)
        except OSError as error:
            raise MailNotSent(
                f"The letter cannot be written to {self._folder}: {error.strerror}.", again=True
            ) from error

    def _write(self, content: bytes) -> None:
        self._folder.mkdir(_OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        with whole_file(self._folder / f"{new_id(self._clock)}.eml") as file:
            file.write(content)
