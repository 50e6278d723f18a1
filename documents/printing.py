"""What every printed form shares: nothing outside the form is ever fetched."""


class NothingToFetch(ValueError):
    """A form asked for something outside itself."""


def fetch(url: str, *args, **kwargs):
    """Refuse every address: style, fonts and pictures are handed over as objects."""
    raise NothingToFetch(url)
