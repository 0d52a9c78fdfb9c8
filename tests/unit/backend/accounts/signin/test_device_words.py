"""Browsers as their owners know them."""

import pytest

from backend.accounts.signin.device_words import device_words

MOZILLA = "Mozilla/5.0"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome on Windows"),
        (f"{MOZILLA} (Macintosh; Intel Mac OS X 14_1) Version/18 Safari/605.1", "Safari on macOS"),
        (f"{MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/140.0 Safari/604.1", "Chrome on iPhone"),
        (f"{MOZILLA} (X11; CrOS x86_64) Chrome/140.0 Safari/537.36", "Chrome on Chromebook"),
        (f"{MOZILLA} (Linux; Android 15) SamsungBrowser/27.0 Chrome/125.0", "Samsung Internet on Android"),
        ("Firefox/150.0", "Firefox on an unknown system"),
        ("python-requests/2.32", "A program"),
        ("", "A program"),
        ("<script>alert(1)</script>", "A program"),
    ],
)
def test_a_device_is_told_by_browser_and_system(agent: str, words: str) -> None:
    assert words == device_words(agent)
