"""Finds the endpoint of a request: by the raw path, so that each resource has exactly one spelling of its literals."""

from collections.abc import Iterable, Mapping, Sequence
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


class _Segment(Generic[TargetT]):
    """What may follow after some segments of a path: more of them, or the end."""

    __slots__ = ("any", "literal", "methods")

    def __init__(self) -> None:
        self.literal: dict[str, _Segment[TargetT]] = {}
        self.any: _Segment[TargetT] | None = None
        self.methods: dict[str, TargetT] | None = None

    def after(self, literal: str | None) -> "_Segment[TargetT]":
        if literal is not None:
            return self.literal.setdefault(literal, _Segment())
        if self.any is None:
            self.any = _Segment()
        return self.any

    def find(self, segments: Sequence[str], at: int = 0) -> dict[str, TargetT] | None:
        """Return the methods of the path that is literal from as early on as any."""
        if at == len(segments):
            return self.methods
        literal = self.literal.get(segments[at])
        found = None if literal is None else literal.find(segments, at + 1)
        if found is None and self.any is not None:
            return self.any.find(segments, at + 1)
        return found


class Router(Generic[TargetT]):
    """A table for literal paths, and a tree for those with names: how many there are costs a request nothing."""

    def __init__(self, targets: Iterable[TargetT]) -> None:
        self._literal: dict[str, dict[str, TargetT]] = {}
        self._named: _Segment[TargetT] = _Segment()
        for target in targets:
            template = target.template
            if template.names:
                last = self._named
                for literal in template.shape:
                    last = last.after(literal)
                if last.methods is None:
                    last.methods = {}
                last.methods[target.method] = target
            else:
                self._literal.setdefault(template.text, {})[target.method] = target

    def find(self, method: str, path: str) -> tuple[TargetT, Mapping[str, str]]:
        """Return the endpoint and the values of its named segments; HEAD is answered where GET is."""
        methods = self._literal.get(path)
        if methods is None:
            return self._find_named(method, path)
        return _by_method(methods, method), _NOTHING

    def _find_named(self, method: str, path: str) -> tuple[TargetT, Mapping[str, str]]:
        segments = path.split("/")[1:]
        methods = self._named.find(segments)
        if methods is None:
            raise NotFound(NOTHING_HERE)
        found = _by_method(methods, method)
        template = found.template
        values = [segment for literal, segment in zip(template.shape, segments, strict=True) if literal is None]
        return found, dict(zip(template.names, map(_decoded, values), strict=True))


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
