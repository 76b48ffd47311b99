"""The refusals of this package. The text of each is a sentence for the person at the screen."""


class TableError(ValueError):
    """The file as a whole cannot be read."""


class CellError(ValueError):
    """One cell cannot be understood under its declared format."""


class ProfileError(ValueError):
    """A mapping profile is wrong in itself or does not fit the file's header."""
