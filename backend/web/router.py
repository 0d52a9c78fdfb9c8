"""Finds the endpoint of a request: by the raw path, so that each resource has exactly one spelling of its literals."""

from collections.abc import Iterable, Mapping
from typing import Generic, Protocol, TypeVar
from urllib.parse import unquote

from backend.errors import NOTHING_HERE, InvalidRequest, MethodNotAllowed, NotFound
from backend.web.template import Template


class Target(Protocol):
    @property
    def method(self) -> str: ...
    @property
    def template(self) -> Template: ...


TargetT = TypeVar("TargetT", bound=Target)

_NOTHING: Mapping[str, str] = {}


class Router(Generic[TargetT]):
    """A table for literal paths; the few with names are tried in the order of their literals, most literal first."""

    def __init__(self, targets: Iterable[TargetT]) -> None:
        self._literal: dict[str, dict[str, TargetT]] = {}
        named: dict[tuple[str | None, ...], dict[str, TargetT]] = {}
        for target in targets:
            template = target.template
            methods = (
                named.setdefault(template.shape, {}) if template.names else self._literal.setdefault(template.text, {})
            )
            methods[target.method] = target
        self._named: dict[int, list[tuple[tuple[str | None, ...], dict[str, TargetT]]]] = {}
        for shape in sorted(named, key=lambda shape: tuple(literal is None for literal in shape)):
            self._named.setdefault(len(shape), []).append((shape, named[shape]))

    def find(self, method: str, path: str) -> tuple[TargetT, Mapping[str, str]]:
        """Return the endpoint and the values of its named segments; HEAD is answered where GET is."""
        methods = self._literal.get(path)
        if methods is None:
            return self._find_named(method, path)
        return _by_method(methods, method), _NOTHING

    def _find_named(self, method: str, path: str) -> tuple[TargetT, Mapping[str, str]]:
        segments = path.split("/")[1:]
        for shape, methods in self._named.get(len(segments), ()):
            if all(literal is None or literal == segment for literal, segment in zip(shape, segments, strict=True)):
                found = _by_method(methods, method)
                values = [segment for literal, segment in zip(shape, segments, strict=True) if literal is None]
                return found, dict(zip(found.template.names, map(_decoded, values), strict=True))
        raise NotFound(NOTHING_HERE)


def _by_method(methods: Mapping[str, TargetT], method: str) -> TargetT:
    found = methods.get("GET" if method == "HEAD" else method)
    if found is None:
        allowed = {*methods, "HEAD"} if "GET" in methods else set(methods)
        raise MethodNotAllowed("This address does not take that method.", tuple(sorted(allowed)))
    return found


def _decoded(segment: str) -> str:
    try:
        text = unquote(segment, errors="strict")
    except UnicodeDecodeError:
        raise InvalidRequest("A part of the address is not UTF-8 once its percent signs are decoded.") from None
    if not text:
        raise NotFound(NOTHING_HERE)
    return text
