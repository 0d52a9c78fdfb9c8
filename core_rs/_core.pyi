SOURCES_DIGEST: str
DEBUG_BUILD: bool

def blake3(data: bytes) -> bytes: ...

__all__ = ["DEBUG_BUILD", "SOURCES_DIGEST", "blake3"]
