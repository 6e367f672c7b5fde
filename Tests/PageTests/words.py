"""What the scripted upstream says: plain words that can be told apart, so that one lost, doubled or moved is seen."""


def words(first, last):
    """`w0001 ` … one a delta."""
    return [f"w{number:04} " for number in range(first, last + 1)]


def text(first, last):
    """Those words as a page shows them."""
    return "".join(words(first, last)).strip()
