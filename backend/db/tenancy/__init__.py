"""Whose rows a unit of work may touch: its tenant's, and those of tables that belong to no tenant."""
