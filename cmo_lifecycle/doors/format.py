"""How values are written on a page: numbers, money, dates, states of data.

Plain values in, plain text or escaped HTML out.

Everything is written the same way for every reader (2 Nov 2026, 1,234.50), so that a printed page, a screenshot and a
colleague's screen say the same; only clock times follow the reader's time zone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from django.utils import timezone
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NBSP = "\u00a0"
MINUS = "\u2212"

TONES = ("good", "watch", "bad", "none", "info")
SYMBOLS = {"good": "●", "watch": "▲", "bad": "■", "none": "–", "info": "◆"}

#: What stands where a number cannot: three different things, none of them zero.
DATA_STATES = {"no_activity": "No activity", "not_supplied": "Not supplied", "not_applicable": "Not applicable"}

CURRENCY_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}


def html(value: Any) -> SafeString:
    """Escape a value unless it is already safe; None and '' become an empty string."""
    return conditional_escape(value) if value is not None else SafeString("")


def number(value: Decimal | int | float | str | None, places: int | None = None) -> str:
    """Write a number with thousands separators, rounded half up to `places`; None keeps the digits it has.

    A missing value is written as an en dash: it is not zero.
    """
    if value is None or value == "":
        return "–"
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if not exact.is_finite():
        return "–"
    if places is not None:
        # The usual 28 digits do not hold every product of two amounts that can be entered.
        wide = Context(prec=max(28, exact.adjusted() + int(places) + 2))
        exact = exact.quantize(Decimal(1).scaleb(-int(places)), rounding=ROUND_HALF_UP, context=wide)
    written = f"{exact.copy_abs():,f}"
    return MINUS + written if exact < 0 else written


def with_unit(written: str, unit: str | None) -> str:
    """Put a unit after a written number, with a space that does not break: '81.3 %', '31 d'."""
    return f"{written}{NBSP}{unit}" if unit else written


def amount(value: Decimal | int | None, currency: str | None, places: int = 2) -> str:
    """Write money with its currency: '€1,234.50'; a currency without a sign of its own stands after: '1,234.50 CHF'."""
    if value is None or value == "":
        return "–"
    written = number(value, places)
    sign = CURRENCY_SIGNS.get(currency or "")
    if sign is None:
        return with_unit(written, currency)
    return f"{MINUS}{sign}{written[1:]}" if written.startswith(MINUS) else sign + written


def day(value: date | None) -> str:
    """Write a calendar day: '2 Nov 2026'."""
    return "–" if value is None else f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime | None) -> str:
    """Write a moment in the reader's time zone, with the zone: '20 Nov 2026 14:02 UTC'."""
    if value is None:
        return "–"
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local)} {local:%H:%M} {local.tzname() or ''}".rstrip()


def time_tag(value: date | datetime | None) -> SafeString:
    """Write a day or a moment as <time>; a moment says its UTC time in the title."""
    if value is None:
        return SafeString("–")
    if isinstance(value, datetime):
        utc = value.astimezone(UTC) if timezone.is_aware(value) else value
        return mark_safe(  # noqa: S308 - digits and month names only, the zone's name is escaped
            f'<time datetime="{utc:%Y-%m-%dT%H:%M:%SZ}" title="{utc:%Y-%m-%d %H:%M:%S} UTC" class="nowrap">'
            f"{escape(moment(value))}</time>"
        )
    return mark_safe(f'<time datetime="{value.isoformat()}" class="nowrap">{day(value)}</time>')  # noqa: S308


def badge_html(label: Any, tone: str = "none") -> SafeString:
    """A word in the colour of its tone, always with the tone's symbol. An unknown tone is a mistake and raises."""
    symbol = SYMBOLS[tone]
    return mark_safe(f'<span class="badge {tone}"><i aria-hidden="true">{symbol}</i>{html(label)}</span>')  # noqa: S308


def initials(name: str) -> str:
    """Two letters for the account button: 'Priya Nair' gives 'PN', 'alice@x' gives 'A'."""
    parts = [part for part in str(name).split("@")[0].replace(".", " ").split() if part[0].isalnum()]
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts[:1])).upper() or "?"
