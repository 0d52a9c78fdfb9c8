"""Following channels: what comes is whole and in order, or says that it is not."""
