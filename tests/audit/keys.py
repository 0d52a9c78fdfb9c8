"""Keys of the audit trail for tests: made from the version, so that two who make them have the same."""

from hashlib import sha256

from backend.accounts.audit.keys import AuditKey, NoSuchKey, SigningKey


class FixedKeys:
    """Implements AuditKeys."""

    def __init__(self, *, newest: int = 1, oldest: int = 1) -> None:
        self.newest = newest
        self.oldest = oldest

    def current(self) -> AuditKey:
        return self.of(self.newest)

    def of(self, version: int) -> AuditKey:
        if not self.oldest <= version <= self.newest:
            raise NoSuchKey(version)
        return AuditKey(version, sha256(b"audit %d" % version).digest())

    def signing(self) -> SigningKey:
        return SigningKey(sha256(b"signing").digest())
