"""Projects that we wrote, by what they are about; tests/contract/rojo holds what Rojo makes of each."""
