"""What programs and game servers say who they are with."""
