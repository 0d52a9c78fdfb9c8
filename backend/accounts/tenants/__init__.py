"""Districts and schools: whose everything else is."""
