"""Numbers in words: confidence without false precision, times as people say them."""

from datetime import UTC, datetime

POLARITY_SIGNS = {"barrier": "−", "facilitator": "+", "mixed": "±"}


def confidence_words(probability: float) -> str:
    """Return a calibrated probability as people speak of odds.

    >>> confidence_words(0.71)
    'about 7 in 10 right'
    """
    if probability >= 0.95:
        return "about 19 in 20 right"
    tenths = round(probability * 10)
    if tenths <= 1:
        return "seldom right (1 in 10 or less)"
    return "about half right" if tenths == 5 else f"about {tenths} in 10 right"


def share_words(part: int, whole: int) -> str:
    """Return 'x of y' with a rounded share where there is one."""
    return f"{part} of {whole}" + (f" ({part / whole:.0%})" if whole else "")


def minutes_left(waiting: int, seconds_each: float | None) -> str:
    """Return how long the rest takes at this pace, or '' while there is no pace to go by."""
    if not seconds_each or not waiting:
        return ""
    minutes = waiting * seconds_each / 60
    if minutes < 1:
        return "under a minute left"
    if minutes < 90:
        return f"about {round(minutes)} min left"
    return f"about {minutes / 60:.0f} h left"


def day(time: str | None) -> str:
    """Return an ISO time (UTC) as a local day and minute."""
    if not time:
        return ""
    moment = datetime.fromisoformat(time)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone().strftime("%-d %b %Y, %H:%M")


def clock(seconds: float | None) -> str:
    """Return a place in the recording as m:ss or h:mm:ss."""
    if seconds is None:
        return ""
    whole = int(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"
