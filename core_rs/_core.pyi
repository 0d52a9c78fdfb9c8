SOURCES_DIGEST: str
DEBUG_BUILD: bool

def blake3(data: bytes, /) -> bytes: ...
