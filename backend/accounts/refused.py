"""What a person gave cannot be taken; the sentence says why and goes to that person as it is.

It never holds the value itself: it may be a secret, and it may end in a log.
"""


class Refused(ValueError):
    """A base for the refusals of each module, for a service that answers them all in the same way."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
