"""The page behind the links that are sent and printed."""
