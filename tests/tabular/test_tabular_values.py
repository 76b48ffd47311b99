"""One cell at a time: what is understood, what is refused, and that nothing is guessed."""

import locale
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django_countries import data as django_countries_data
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from cmo_lifecycle.tabular import countries, values
from cmo_lifecycle.tabular.celltext import NumberText
from cmo_lifecycle.tabular.errors import CellError

NBSP, NARROW = "\u00a0", "\u202f"


def refusal(parse, cell) -> str:
    with pytest.raises(CellError) as caught:
        parse(cell)
    message = str(caught.value)
    assert message.endswith(".")
    assert len(message) < 400
    assert "\n" not in message
    return message


# Dates


@pytest.mark.parametrize(
    ("form", "cell", "expected"),
    [
        ("%d-%b-%y", "2-Jun-06", date(2006, 6, 2)),
        ("%d-%b-%y", " 02-JUNE-06 ", date(2006, 6, 2)),
        ("%d-%b-%y", "1-Sept-09", date(2009, 9, 1)),
        ("%m/%d/%y", "11/13/06", date(2006, 11, 13)),
        ("%d/%m/%Y", "13/11/2006", date(2006, 11, 13)),
        ("%d.%m.%Y %H:%M", "13.11.2006 14:05", date(2006, 11, 13)),
        ("%B %d, %Y", "November 13, 2006", date(2006, 11, 13)),
        ("%Y%m%d", "20061113", date(2006, 11, 13)),
        ("%d-%b-%y", "2006-11-13", date(2006, 11, 13)),
        ("%d-%b-%y", "2006-11-13T00:00:00", date(2006, 11, 13)),
        ("%Y-%m-%d", "2024-02-29 23:59:59Z", date(2024, 2, 29)),
        ("excel", "39873", date(2009, 3, 1)),
        ("excel", "59", date(1900, 2, 28)),
        ("excel", "61.5", date(1900, 3, 1)),
        ("%d/%m/%y", "1/1/69", date(1969, 1, 1)),
        ("%d/%m/%y", "1/1/68", date(2068, 1, 1)),
    ],
)
def test_dates(form, cell, expected):
    assert values.date_value(form)(cell) == expected


@pytest.mark.parametrize(
    ("form", "cell", "word"),
    [
        ("%d-%b-%y", "31-Feb-09", "calendar"),
        ("%d-%b-%y", "2-Juin-06", "English month"),
        ("%d/%m/%Y", "11/13/2006", "calendar"),
        ("%m/%d/%y", "13/11/06", "calendar"),
        ("%d-%b-%y", "39873", "bare number"),
        ("%Y-%m-%d", "0009-03-01", "outside"),
        ("%Y-%m-%d", "tomorrow", "not a date like 2009-12-31"),
        ("%Y-%m-%d", "２００９-03-01", "not a date"),
        ("excel", "60", "outside"),
        ("excel", "2/3/09", "day number"),
        ("%Y-%m-%d", "#REF!", "#REF!"),
    ],
)
def test_wrong_dates_are_refused(form, cell, word):
    assert word in refusal(values.date_value(form), cell)
    # a broken date is not a remark either
    if cell not in ("tomorrow",):
        assert word in refusal(values.date_or_note(form), cell)


@pytest.mark.parametrize("form", ["%d-%b", "%d/%m/%y/%Y", "%q", "", "day", "%d %d %m %Y", "%"])
def test_wrong_date_formats_are_refused(form):
    with pytest.raises(ValueError, match="date format"):
        values.check_date_format(form)


def test_month_names_do_not_depend_on_the_locale():
    before = locale.setlocale(locale.LC_TIME)
    try:
        for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C"):
            try:
                locale.setlocale(locale.LC_TIME, name)
            except locale.Error:
                continue
            assert values.date_value("%d-%b-%y")("3-May-09") == date(2009, 5, 3)
            assert values.date_value("%d-%b-%y")("3-Dec-09") == date(2009, 12, 3)
    finally:
        locale.setlocale(locale.LC_TIME, before)


@settings(deadline=None)
@given(st.dates(date(1970, 1, 1), date(2068, 12, 31)), st.sampled_from(values.DATE_FORMATS))
def test_every_date_survives_every_format(day, form):
    months = [name.title() for name in values.MONTHS]
    text = form.replace("%b", months[day.month - 1][:3]).replace("%B", months[day.month - 1])
    assert values.date_value(form)(day.strftime(text)) == day


def test_text_in_a_date_column_is_a_note():
    parse = values.date_or_note("%m/%d/%y")
    assert parse("3/3/08") == (date(2008, 3, 3), None)
    assert parse("Date Not Captured") == (None, "Date Not Captured")
    assert parse("Pre-PQ Process") == (None, "Pre-PQ Process")
    assert parse("") == parse(None) == parse("  ") == (None, None)
    assert "calendar" in refusal(parse, "13/13/08")
    assert "not a date" in refusal(parse, "3-3-08")


def test_formats_are_suggested_only_as_far_as_the_samples_decide():
    assert values.fitting_date_formats(["2-Jun-06", "Pre-PQ Process", None]) == ["%d-%b-%y"]
    assert values.fitting_date_formats(["11/13/06", "1/2/06"]) == ["%m/%d/%y"]
    assert values.fitting_date_formats(["1/2/2006"]) == ["%m/%d/%Y", "%d/%m/%Y"]
    assert values.fitting_date_formats(["2009-03-01"]) == ["%Y-%m-%d"]
    assert values.fitting_date_formats(["nothing", ""]) == []
    assert values.fitting_number_formats(["1,234.50", "7"]) == [(".", ",")]
    assert values.fitting_number_formats(["1.234,50"]) == [(",", ".")]
    assert {(".", ","), (",", "")} <= set(values.fitting_number_formats(["1,234"]))


# Numbers


@pytest.mark.parametrize(
    ("mark", "thousands", "cell", "expected"),
    [
        (".", "", "1234.5", "1234.5"),
        (".", ",", "1,234.5", "1234.5"),
        (".", ",", "1,234,567", "1234567"),
        (".", ",", "12,34,567.80", "1234567.80"),
        (",", ".", "1.234,5", "1234.5"),
        (",", " ", "1 234,5", "1234.5"),
        (",", " ", f"1{NBSP}234{NARROW}567,5", "1234567.5"),
        (".", "'", "1’234.50", "1234.50"),
        (".", "", "-5", "-5"),
        (".", "", "−5", "-5"),
        (".", "", "5-", "-5"),
        (".", ",", "(1,234.50)", "-1234.50"),
        (".", "", "+.5", "0.5"),
        (".", "", "1.5E+3", "1500"),
        (".", "", "-0.00", "0"),
        (".", "", " 7 ", "7"),
        (".", "", "0.10", "0.10"),
    ],
)
def test_decimals(mark, thousands, cell, expected):
    value = values.decimal(mark, thousands)(cell)
    assert value == Decimal(expected)
    assert str(value) == expected


@pytest.mark.parametrize(
    ("mark", "thousands", "cell"),
    [
        (".", "", "1,234"),
        (",", "", "1.234"),
        (".", ",", "1,23"),
        (".", ",", "1.234,5"),
        (",", ".", "1,234.5"),
        (".", ",", "1,,234"),
        (".", ",", ",234"),
        (".", " ", "1 23"),
        (".", "", "1.2.3"),
        (".", "", "--5"),
        (".", "", "(-5)"),
        (".", "", "12 kg"),
        (".", "", "$5"),
        (".", "", "NaN"),
        (".", "", "Infinity"),
        (".", "", "-inf"),
        (".", "", "1e999999999"),
        (".", "", "1E-400"),
        (".", "", "9" * 40),
        (".", "", "9" * 5000),
        (".", "", "0." + "0" * 40 + "1"),
        (".", "", "."),
        (".", "", "-"),
        (".", "", "٣"),
        (".", "", "1_000"),
        (".", "", "0x10"),
        (".", "", "#N/A"),
    ],
)
def test_numbers_that_are_not_clear_are_refused(mark, thousands, cell):
    refusal(values.decimal(mark, thousands), cell)


def test_a_workbooks_numbers_ignore_the_declared_marks():
    parse = values.decimal(",", ".")
    assert parse(NumberText("1.234")) == Decimal("1.234")
    assert parse("1.234") == 1234
    assert values.number_or_note(",", ".")(NumberText("1.234")) == (Decimal("1.234"), None)
    assert values.integer(",", ".")(NumberText("1234")) == 1234


def test_places_minimum_and_whole_numbers():
    assert values.decimal(places=2)("1.500") == Decimal("1.50")
    assert "2 decimal places" in refusal(values.decimal(places=2), "1.505")
    assert "below 0" in refusal(values.decimal(minimum=0), "-1")
    assert values.integer(thousands=",")("11,130,454") == 11130454
    assert values.integer()("5.0") == 5
    assert "whole" in refusal(values.integer(), "5.5")


def test_text_in_a_number_column_is_a_note():
    parse = values.number_or_note()
    assert parse("206") == (Decimal(206), None)
    assert parse("See DN-304 (ID#:10589)") == (None, "See DN-304 (ID#:10589)")
    assert parse("") == (None, None)
    for broken in ("1,234", "1..2", "NaN", "1E999", "#REF!"):
        refusal(parse, broken)


@settings(deadline=None)
@given(
    st.decimals(min_value=-(10**15), max_value=10**15, places=4, allow_nan=False, allow_infinity=False),
    st.sampled_from([(".", ","), (",", "."), (",", " "), (".", "'"), (".", " "), (",", NARROW), (".", ""), (",", "")]),
)
def test_every_number_survives_every_format(number, marks):
    mark, thousands = marks
    text = f"{number:,f}".replace(",", "\0").replace(".", mark).replace("\0", thousands)
    assert values.decimal(mark, " " if thousands == NARROW else thousands)(text) == number


@settings(deadline=None)
@given(st.integers(1, 999), st.integers(0, 999))
def test_three_digits_behind_an_undeclared_mark_are_never_guessed(whole, rest):
    refusal(values.decimal(".", ""), f"{whole},{rest:03}")
    refusal(values.decimal(",", ""), f"{whole}.{rest:03}")


@settings(deadline=None)
@given(
    st.text(max_size=30) | st.text(alphabet="0123456789.,-+()eE '", max_size=30), st.sampled_from(sorted(values.KINDS))
)
@example("1E+\uff15", "decimal")
def test_no_text_crashes_a_parser(cell, kind):
    for raw in (cell, NumberText(cell)):
        try:
            values.parser(kind)(raw)
        except CellError as refused:
            assert str(refused).endswith(".")


def test_marks_that_cannot_be_told_apart_are_refused():
    for mark, thousands in ((".", "."), ("'", ""), (".", "x")):
        with pytest.raises(ValueError, match=r"."):
            values.decimal(mark, thousands)
    with pytest.raises(ValueError, match="no kind"):
        values.parser("colour")
    with pytest.raises(ValueError, match="options"):
        values.parser("country", format="%d")


# Texts


@pytest.mark.parametrize(
    "word", ["Côte d'Ivoire", "Müller & Söhne", "Łódź", "Braine l’Alleud", "PORRIÑO – Ávila", "€ 5"]
)
@pytest.mark.parametrize("wrong", ["cp1252", "latin-1"])
def test_mojibake_is_repaired_when_it_round_trips(word, wrong):
    raw = word.encode()
    try:
        broken = raw.decode(wrong)
    except UnicodeDecodeError:
        broken = "".join(bytes([b]).decode(wrong, "ignore") or chr(b) for b in raw)
    assert broken != word
    assert values.clean(broken) == word
    assert values.clean(word) == word


def test_twice_broken_and_foreign_scripts():
    assert values.repair("Côte".encode().decode("latin-1").encode().decode("latin-1")) == "Côte"
    assert values.repair("Москва".encode().decode("latin-1")) == "Москва"
    for honest in ("CAFÉ»", "Ä°C", "naïve", "Straße", "東京", "Ã", "©", "µg", "São Tomé"):
        assert values.repair(honest) == honest or honest == "Ä°C"


@settings(deadline=None)
@given(st.text(alphabet=st.characters(min_codepoint=0xC0, max_codepoint=0x17F), min_size=1, max_size=20))
def test_repair_brings_back_any_word_and_leaves_it_alone_after(word):
    broken = "".join(
        bytes([b]).decode("cp1252") if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(b) for b in word.encode()
    )
    assume(values.repair(word) == word)
    assert values.repair(broken) == word


def test_text_is_cleaned():
    parse = values.text()
    assert parse("  a b ") == "a b"
    assert parse("a\r\n  b\x0bc\td") == "a b c d"
    assert parse("\ufeffx\u200b") == "x"
    assert parse("e\u0301") == "é"
    assert parse("'=1+1") == "=1+1"
    assert parse("''=1+1") == "'=1+1"
    assert parse("a;'=1; b") == "a;=1; b"
    assert parse("'tis") == "'tis"
    assert parse("o'Neil; 'x") == "o'Neil; 'x"
    assert parse("   ") is parse("") is parse(None) is None
    assert "control" in refusal(parse, "a\x07b")
    assert "direction" in refusal(parse, "a\u202egpj.exe")
    assert "at most 1000" in refusal(parse, "x" * 1001)
    assert "#REF!" in refusal(parse, "#REF!")
    assert values.text(blank=["N/A", "-"])("n/a") is None
    assert values.text(translate={"Truck": "road"})(" TRUCK ") == "road"


def test_identifiers_keep_zeros_and_refuse_lost_digits():
    parse = values.identifier()
    assert parse("007") == "007"
    assert parse("5E3") == "5E3"
    assert "shortened" in refusal(parse, "1.23E+11")
    assert "15 digits" in refusal(parse, NumberText("12345678901234567"))
    assert parse("12345678901234567") == "12345678901234567"


# Codes


def test_country_table_is_the_standard_one():
    assert set(countries.NAMES) == set(django_countries_data.COUNTRIES)
    for code, (three, _) in ((c, django_countries_data.ALT_CODES[c]) for c in countries.NAMES):
        assert countries.country_code(three) == code
    for code, name in countries.NAMES.items():
        assert countries.country_code(name) == code
        assert countries.country_code(code.lower()) == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Côte d'Ivoire", "CI"),
        ("CÔTE D’IVOIRE", "CI"),
        ("CÃ´te d'Ivoire", "CI"),
        ("Congo, DRC", "CD"),
        ("Democratic Republic of the Congo", "CD"),
        ("Republic of the Congo", "CG"),
        ("Tanzania", "TZ"),
        ("Vietnam", "VN"),
        ("Korea, South", "KR"),
        ("Macau", "MO"),
        ("NA", "NA"),
        ("uk", "GB"),
        ("U.S.A.", "US"),
        ("ITA", "IT"),
        ("South Sudan", "SS"),
        ("Guinea-Bissau", "GW"),
        (" The Netherlands ", "NL"),
        ("Turkey", "TR"),
    ],
)
def test_countries(name, code):
    assert values.country()(name) == code


def test_unknown_codes_are_refused():
    assert "country" in refusal(values.country(), "Atlantis")
    assert values.currency()("usd") == "USD"
    assert values.currency()("€") == "EUR"
    assert "three letters" in refusal(values.currency(), "$")
    assert values.boolean()("Yes") is True
    assert values.boolean()("N") is False
    assert "neither" in refusal(values.boolean(), "maybe")


def test_real_country_names_are_all_known(real_data):
    import csv
    import re

    path = real_data / "scms" / "scms_direct_drop_2009_2010.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        names = {row["Country"] for row in csv.DictReader(file)}
    with (real_data / "fda" / "cdmo_like_sites.csv").open(encoding="utf-8", newline="") as file:
        sites = list(csv.DictReader(file))
    assert len(names) == 20
    parse = values.country()
    assert all(len(parse(name)) == 2 for name in names)
    for site in sites:
        found = re.search(r"(?:, ?|\s)([^,0-9]+(?:, South)?) \(([A-Z]{3})\)$", site["ADDRESS"])
        assert parse(found[2]) == parse(site["ISO3"])


def test_the_memory_of_repeated_texts_is_bounded(monkeypatch):
    monkeypatch.setattr(values.parsing, "_CACHE_SIZE", 50)
    parse = values.date_value("%Y-%m-%d")
    start = date(2000, 1, 1)
    for _ in range(2):
        for i in range(500):
            day = start + timedelta(days=i)
            assert parse(day.isoformat()) == day
    seen = next(c.cell_contents for c in parse.__closure__ if isinstance(c.cell_contents, dict))
    assert len(seen) <= 51
    assert parse(None) is None
