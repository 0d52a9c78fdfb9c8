"""The text of an XML model, item by item."""

from typing import Final
from xml.sax.saxutils import escape

EMPTY: Final = '<roblox version="4"></roblox>'


def model(items: str) -> str:
    return f'<roblox version="4">{items}</roblox>'


def item(class_name: str, name: str, properties: str = "", *children: str, referent: str = "") -> str:
    known = f' referent="{referent}"' if referent else ""
    named = f'<string name="Name">{escape(name)}</string>'
    return f'<Item class="{class_name}"{known}><Properties>{named}{properties}</Properties>{"".join(children)}</Item>'
