"""What a stolen database does not show: fields sealed under keys that lie outside of it."""
