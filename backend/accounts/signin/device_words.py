"""Which browser on which system, in words by which somebody knows their own; nothing else that was sent is kept."""

import re
from typing import Final

# The first that fits: most browsers also name those that came before them.
_BROWSERS: Final = (
    ("Edge", re.compile(r"\bEdgA?(?:iOS)?/")),
    ("Opera", re.compile(r"\bOPR/")),
    ("Samsung Internet", re.compile(r"\bSamsungBrowser/")),
    ("Firefox", re.compile(r"\b(?:Firefox|FxiOS)/")),
    ("Chrome", re.compile(r"\b(?:Chrome|CriOS)/")),
    ("Safari", re.compile(r"\bSafari/")),
)
_SYSTEMS: Final = (
    ("iPhone", re.compile(r"\biPhone\b")),
    ("iPad", re.compile(r"\biPad\b")),
    ("Android", re.compile(r"\bAndroid\b")),
    ("Chromebook", re.compile(r"\bCrOS\b")),
    ("Windows", re.compile(r"\bWindows\b")),
    ("macOS", re.compile(r"\bMac OS X\b|\bMacintosh\b")),
    ("Linux", re.compile(r"\bLinux\b")),
)


def device_words(agent: str) -> str:
    browser = next((name for name, form in _BROWSERS if form.search(agent)), None)
    system = next((name for name, form in _SYSTEMS if form.search(agent)), None)
    if browser is None and system is None:
        return "A program"
    return f"{browser or 'A browser'} on {system or 'an unknown system'}"
