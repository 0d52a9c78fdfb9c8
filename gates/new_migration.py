"""Draft the next migration from the models of all packages: `python -P -m gates.new_migration "what it does"`."""

import sys

from backend.db.migrations.new import write_migration
from bridge.tables import metadata

if __name__ == "__main__":
    sys.stdout.write(f"{write_migration(' '.join(sys.argv[1:]), model=metadata())}\n")
