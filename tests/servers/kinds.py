"""Where a test that is given a database of each kind runs on fewer of them."""

import pytest

# For what is decided before a database is asked, or in the same way whatever it answers.
on_sqlite = pytest.mark.parametrize("database_config", ["sqlite"], indirect=True)
