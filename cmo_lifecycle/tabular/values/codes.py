"""Values from a closed list: currencies, countries, yes and no."""

from collections.abc import Iterable

from cmo_lifecycle.tabular.countries import country_code
from cmo_lifecycle.tabular.errors import CellError
from cmo_lifecycle.tabular.values.cleaning import clean, quote
from cmo_lifecycle.tabular.values.parsing import Parser, cached, prepare_blank

_CURRENCY_CODES = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD
    MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB
    RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD
    UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_CURRENCY_CODES.split())
_CURRENCY_SIGNS = {"€": "EUR", "US$": "USD", "£": "GBP", "₹": "INR"}


def currency(blank: Iterable[str] = ()) -> Parser:
    prepare = prepare_blank(blank)

    def parse(cell: str) -> str | None:
        prepared = prepare(cell)
        if prepared is None:
            return None
        code = prepared.upper()
        code = _CURRENCY_SIGNS.get(code, code)
        if code not in CURRENCIES:
            raise CellError(f"{quote(prepared)} is not a currency code; use the three letters, such as USD or EUR.")
        return code

    return cached(parse)


def country(blank: Iterable[str] = ()) -> Parser:
    prepare = prepare_blank(blank)

    def parse(cell: str) -> str | None:
        prepared = prepare(cell)
        if prepared is None:
            return None
        code = country_code(clean(prepared))
        if code is None:
            raise CellError(f"{quote(prepared)} is not a country known here; use its English name or two-letter code.")
        return code

    return cached(parse)


_BOOLEANS = dict.fromkeys(["yes", "y", "true", "t", "1", "x"], True) | dict.fromkeys(
    ["no", "n", "false", "f", "0"], False
)


def boolean(blank: Iterable[str] = ()) -> Parser:
    prepare = prepare_blank(blank)

    def parse(cell: str) -> bool | None:
        prepared = prepare(cell)
        if prepared is None:
            return None
        value = _BOOLEANS.get(prepared.casefold())
        if value is None:
            raise CellError(f"{quote(prepared)} is neither yes nor no; write one of them.")
        return value

    return cached(parse)
