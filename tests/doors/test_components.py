"""The components of the pages say what they are given, in words as well as in colour, and escape all of it."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.db.models import TextChoices
from django.template import Context, Engine, Template
from django.template.loader import get_template
from django.test import RequestFactory
from django.utils.html import strip_tags

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors import svg
from cmo_lifecycle.doors.icons import build_sprite, icons_in, used_icons
from cmo_lifecycle.doors.rows import Column, chosen, render_rows
from cmo_lifecycle.doors.templatetags import ui

EVIL = '<script>alert("x")</script>'
NBSP = "\u00a0"
TEMPLATES = Path(settings.BASE_DIR) / "templates"


class State(TextChoices):
    ACTIVE = "active", "Active"
    WATCHED = "watched", "On watch"

    @property
    def tone(self) -> str:
        return {"active": "good", "watched": "watch"}[self.value]


class Vendor:
    State = State

    def __init__(self, name: str, state: str = "active", **fields: Any) -> None:
        self.name, self.state = name, state
        self.__dict__.update(fields)

    def get_state_display(self) -> str:
        return str(State(self.state).label)

    def get_absolute_url(self) -> str:
        return f"/cmos/{self.name}/"


def words(html: str) -> str:
    return " ".join(strip_tags(html.replace("<", " <")).split())


def drawn(source: str, **context: Any) -> str:
    return Template(source).render(Context(context))


def asked(path: str) -> dict[str, Any]:
    return {"request": RequestFactory().get(path)}


# ------------------------------------------------------------------ badges


@pytest.mark.parametrize(
    ("tone", "symbol"), [("good", "●"), ("watch", "▲"), ("bad", "■"), ("none", "–"), ("info", "◆")]
)
def test_a_badge_says_its_tone_with_a_symbol_and_a_word(tone: str, symbol: str) -> None:
    assert ui.badge("Late", tone) == f'<span class="badge {tone}"><i aria-hidden="true">{symbol}</i>Late</span>'


def test_a_badge_of_no_known_tone_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        ui.badge("Late", "red")


def test_a_state_badge_takes_word_and_tone_from_the_record() -> None:
    assert ui.state_badge(Vendor("Harrow", "watched")) == (
        '<span class="badge watch"><i aria-hidden="true">▲</i>On watch</span>'
    )


# ------------------------------------------------------------------ numbers, money, dates


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [
        (Decimal("112496282.72"), None, "112,496,282.72"),
        (Decimal("-1234.5"), 1, "−1,234.5"),
        (Decimal("0.125"), 2, "0.13"),
        (Decimal("2.5"), 0, "3"),
        (0, None, "0"),
        (Decimal("-0.004"), 2, "0.00"),
        (1e6, None, "1,000,000.0"),
        (None, 2, "–"),
        (Decimal("NaN"), 2, "–"),
        (
            Decimal("-999999999999998999999999999999.0001"),
            2,
            "−999,999,999,999,998,999,999,999,999,999.00",
        ),
        (Decimal("12345678901234567890123456789.125"), None, "12,345,678,901,234,567,890,123,456,789.125"),
    ],
)
def test_a_number_is_written_the_same_for_every_reader(value: Any, places: int | None, written: str) -> None:
    assert fmt.number(value, places) == written


@pytest.mark.parametrize(
    ("value", "currency", "written"),
    [
        (Decimal("1234.5"), "EUR", "€1,234.50"),
        (Decimal("-7"), "USD", "−$7.00"),
        (Decimal("98123"), "CHF", f"98,123.00{NBSP}CHF"),
        (None, "EUR", "–"),
    ],
)
def test_money_is_written_with_its_currency(value: Any, currency: str, written: str) -> None:
    assert fmt.amount(value, currency) == written


def test_a_day_is_the_same_day_everywhere() -> None:
    assert drawn("{% date d %}", d=date(2026, 11, 2)) == (
        '<time datetime="2026-11-02" class="nowrap">2 Nov 2026</time>'
    )


def test_a_moment_is_told_in_the_readers_zone_with_utc_in_the_title() -> None:
    from django.utils import timezone as django_timezone

    with django_timezone.override(timezone(timedelta(hours=9), "JST")):
        written = ui.datetime_tag(datetime(2026, 11, 20, 16, 2, 5, tzinfo=UTC))
    assert written == (
        '<time datetime="2026-11-20T16:02:05Z" title="2026-11-20 16:02:05 UTC" class="nowrap">'
        "21 Nov 2026 01:02 JST</time>"
    )


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (date(2026, 11, 22), "▲ due today"),
        (date(2026, 11, 24), "▲ 2 days left"),
        (date(2026, 11, 23), "▲ 1 day left"),
        (date(2027, 1, 1), "– 40 days left"),
        (date(2026, 11, 12), "■ 10 days late"),
        (datetime(2026, 11, 22, 12, 0, tzinfo=UTC), f"▲ 6{NBSP}h left".replace(NBSP, " ")),
        (datetime(2026, 11, 22, 6, 20, tzinfo=UTC), "▲ under 1 h left"),
        (datetime(2026, 11, 22, 5, 50, tzinfo=UTC), "■ just late"),
        (datetime(2026, 11, 20, 5, 0, tzinfo=UTC), "■ 2 days late"),
        (None, "no date set"),
    ],
)
def test_a_clock_says_in_words_how_long_is_left(due: Any, said: str) -> None:
    assert words(ui.clock(due, datetime(2026, 11, 22, 6, 0, tzinfo=UTC))) == said


# ------------------------------------------------------------------ values of KPIs


def test_zero_and_the_three_kinds_of_nothing_all_look_different() -> None:
    shown = [
        words(ui.kpi_value(Decimal(0), "%", "ok", 1)),
        words(ui.kpi_value(None, "%", "no_activity")),
        words(ui.kpi_value(None, "%", "not_supplied")),
        words(ui.kpi_value(None, "%", "not_applicable")),
    ]
    assert shown == ["0.0 %", "No activity", "Not supplied", "Not applicable"]


def test_a_value_that_is_said_to_be_there_must_be_there() -> None:
    with pytest.raises(ValueError, match="has a value"):
        ui.kpi_value(None, "%", "ok")


@pytest.mark.parametrize(
    ("standing", "score", "said", "tone"),
    [
        ("Watch", Decimal("56.44"), "▲ Watch 56.4 of 100", "watch"),
        ("PREFERRED", 100, "● Preferred 100.0 of 100", "good"),
        (SimpleNamespace(label="Probation", tone="bad"), Decimal("12"), "■ Probation 12.0 of 100", "bad"),
        ("Insufficient data", None, "– Insufficient data no score", "none"),
        (None, None, "– No standing yet no score", "none"),
    ],
)
def test_a_standing_is_its_word_and_its_score(standing: Any, score: Any, said: str, tone: str) -> None:
    html = ui.standing(standing, score)
    assert words(html) == said
    assert f'class="word {tone}"' in html


# ------------------------------------------------------------------ charts


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([90, Decimal("81.3")], "Last value 81.3 %, down 8.7 from the one before; target 95 %."),
        ([80, None, 81], "Last value 81 %, up 1 from the one before; target 95 %."),
        ([0.1, 0.3], "Last value 0.3 %, up 0.2 from the one before; target 95 %."),
        ([5, 5], "Last value 5 %, unchanged; target 95 %."),
        ([5], "Last value 5 %, the first one; target 95 %."),
        ([5, None], "No value in the last period; the one before was 5 %; target 95 %."),
        ([None, None], "No values yet."),
        ([], "No values yet."),
    ],
)
def test_a_sparkline_is_said_in_words(values: list[Any], said: str) -> None:
    assert svg.change_in_words(values, "%", 95).replace(NBSP, " ") == said
    assert said in words(svg.sparkline(values, 95, "%")).replace(NBSP, " ")


def test_a_sparkline_says_the_change_as_it_is_written_beside_it() -> None:
    # Both values are rounded already: their difference is not the rounded difference.
    said = words(svg.sparkline([Decimal("94.6"), Decimal("88.9")], 95, "%", change="down 5.6 points")).replace(
        NBSP, " "
    )
    assert "Last value 88.9 %, down 5.6 points from the one before; target 95 %." in said and "5.7" not in said
    assert "Last value 7, unchanged." in words(svg.sparkline([7, 7], change="unchanged"))
    # What is written beside compares with the period before; after a gap there is nothing beside.
    assert "up 2 from the one before" in words(svg.sparkline([10, None, 12]))


def test_a_gap_breaks_the_line_of_a_sparkline_and_is_no_zero() -> None:
    html = svg.sparkline([10, 12, None, 14, 16])
    assert html.count("<path") == 2
    ys = [float(y) for y in re.findall(r"[ML]?[\d.]+ ([\d.]+)", " ".join(re.findall(r'd="([^"]+)"', html)))]
    assert ys == sorted(ys, reverse=True)  # it only ever rises: no dip to zero where a value is missing


def test_a_flat_sparkline_is_drawn_in_the_middle() -> None:
    assert re.search(r'd="M4\.0 14\.0 L92\.0 14\.0"', svg.sparkline([7, 7]))


def test_the_target_of_a_sparkline_stays_inside_the_picture() -> None:
    heights = [float(y) for y in re.findall(r'y1="([\d.]+)"', svg.sparkline([1, 2], target=100))]
    assert heights == [4.0]


def test_a_line_chart_has_title_words_gap_and_table() -> None:
    html = svg.line([("Q1", 90), ("Q2", None), ("Q3", 80)], title="On time", unit="%", target=95, red_line=85)
    assert "<title" in html and ">On time</title>" in html
    assert html.count('class="line"') == 0  # no two neighbours have values, so nothing is joined
    assert html.count("<circle") == 2
    assert words(html[html.index("<tbody>") :]).replace(NBSP, " ") == "Q1 90 % Q2 No value Q3 80 %"
    assert "Target 95" in html and "Red line 85" in html


def test_a_bar_chart_writes_every_value_and_gives_no_bar_to_a_missing_one() -> None:
    html = svg.bar([("Quality", Decimal("71.2"), "watch"), ("Cost", None), ("Delivery", 0)], title="Score", highest=100)
    assert re.findall(r'class="bar[^"]*" width="([\d.]+%)"', html) == ["71.20%", "0.00%"]
    assert words(html) == "Score Quality 71.2 Cost No value Delivery 0"


def test_a_bar_chart_refuses_what_it_cannot_show() -> None:
    with pytest.raises(ValueError, match="no negative"):
        svg.bar([("a", -1)], title="x")


# ------------------------------------------------------------------ what happens


def test_a_stepper_says_each_status_and_marks_the_present_one() -> None:
    html = ui.stepper(
        [
            {"label": "Inputs", "status": "done", "note": "9 Nov"},
            {"label": "Sign-off", "status": "now", "note": ""},
            {"label": "Published", "status": "next"},
        ]
    )
    assert words(html) == "Inputs (done) 9 Nov Sign-off (now) Published (to come)"
    assert html.count('aria-current="step"') == 1


def test_signatures_say_who_signed_and_who_is_awaited() -> None:
    html = ui.signatures(
        [
            {
                "role": "Project manager",
                "name": "Priya Nair",
                "meaning": "I have reviewed this",
                "state": "signed",
                "at": datetime(2026, 11, 20, 14, 2, tzinfo=UTC),
            },
            {"role": "Quality", "meaning": "I approve this", "state": "waiting"},
        ]
    )
    assert words(html) == (
        "Priya Nair · Project manager “I have reviewed this” 20 Nov 2026 14:02 UTC ● signed"
        " Quality “I approve this” ◆ waiting"
    )


def test_a_timeline_tells_who_what_why_and_what_changed() -> None:
    html = ui.timeline(
        [
            {
                "at": datetime(2026, 11, 20, 14, 2, tzinfo=UTC),
                "who": "Otto",
                "what": "changed",
                "about": "Harrow",
                "url": "/cmos/1/",
                "reason": "New name",
                "because": {"label": "change SC-21", "url": "/x/"},
                "changes": [("Name", "Old", "New"), ("Country", None, "DK")],
            }
        ]
    )
    assert words(html) == (
        "Otto changed Harrow 20 Nov 2026 14:02 UTC New name because of change SC-21 2 fields changed"
        " Field Before After Name Old New Country empty DK"
    )
    assert words(ui.timeline([])) == "Nothing has happened yet."


def test_the_steps_put_the_main_one_first_and_say_why_another_is_blocked() -> None:
    html = ui.steps_menu(
        [
            {"url": "/sign/", "label": "Sign off", "help": "", "blocked": [], "primary": True, "signature": True},
            {"url": "/reopen/", "label": "Reopen", "help": "Take it back.", "blocked": [], "primary": True},
            {"url": "/publish/", "label": "Publish", "blocked": ["Quality has not signed yet."]},
        ]
    )
    assert words(html) == "More steps Reopen… Take it back. Publish – not yet: Quality has not signed yet. Sign off…"
    assert html.count("btn primary") == 1
    assert "/publish/" not in html


def test_few_open_steps_are_all_buttons() -> None:
    html = ui.steps_menu([{"url": "/a/", "label": "A", "primary": True}, {"url": "/b/", "label": "B"}])
    assert "<details" not in html
    assert words(html) == "B… A…"
    assert ui.steps_menu([]) == ""


# ------------------------------------------------------------------ lists

COLUMNS = [
    Column("name", "CMO", kind="link", note="kind", sortable=True),
    Column("state", "Stage", kind="state"),
    Column("lines", "Lines", kind="number", sortable=True),
    Column("otd", "On time", kind="percent"),
    Column("value", "Value", kind="money", currency="currency", default=False),
    Column("site.city", "City"),
]


def vendor(name: str = "Harrow", **fields: Any) -> Vendor:
    given = {
        "kind": "Drug substance",
        "lines": 1204,
        "otd": Decimal("97.25"),
        "value": Decimal("5"),
        "currency": "EUR",
        "site": {"city": "Cork"},
    }
    return Vendor(name, **{**given, **fields})


def test_rows_show_each_kind_of_cell() -> None:
    html = render_rows(COLUMNS, [vendor()])
    assert words(html).replace(NBSP, " ") == "Harrow Drug substance ● Active 1,204 97.3 % €5.00 Cork"
    assert html.startswith('<tr><th scope="row"><a class="name" href="/cmos/Harrow/">Harrow</a>')


def test_rows_show_nothing_as_a_dash_and_zero_as_zero() -> None:
    html = render_rows(COLUMNS, [vendor(lines=0, otd=None, value=None, site=None)])
    assert words(html).replace(NBSP, " ") == "Harrow Drug substance ● Active 0 – – –"


def test_rows_escape_whatever_they_are_given() -> None:
    columns = [
        Column("name", "A", kind="link", url=lambda row: f'"{EVIL}', note="kind"),
        Column("kind", "B"),
        Column("kind", "C", kind="badge"),
        Column("kind", "D", url=lambda row: EVIL),
        Column("lines", "E", kind="number", unit=EVIL),
        Column("lines", "F", kind="money", currency=lambda row: EVIL),
    ]
    html = render_rows(columns, [vendor(EVIL, kind=EVIL)])
    assert "<script" not in html
    assert '""' not in html


def test_the_address_chooses_columns_and_the_first_always_stays() -> None:
    def keys(asked: Any) -> list[str]:
        return [column.key for column in chosen(COLUMNS, asked)]

    assert keys(None) == ["name", "state", "lines", "otd", "site.city"]
    assert keys("value,lines") == ["name", "lines", "value"]
    assert keys(["value", "lines"]) == ["name", "lines", "value"]
    assert keys("nonsense") == keys(None)


def test_a_column_of_no_known_kind_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no kind 'bool'"):
        Column("x", "X", kind="bool")


def test_fifty_rows_are_written_in_a_few_milliseconds() -> None:
    rows = [vendor(f"Vendor {place}") for place in range(50)]
    render_rows(COLUMNS, rows)
    best = min(_timed(lambda: render_rows(COLUMNS, rows)) for _ in range(5))
    assert best < 0.010


def _timed(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def test_a_head_sorts_and_then_the_other_way_round_and_keeps_the_filter() -> None:
    column = COLUMNS[0]
    fresh = ui.sort_header(asked("/cmos/?q=har&after=abc"), column)
    assert 'href="?q=har&amp;sort=name"' in fresh and "aria-sort" not in fresh
    up = ui.sort_header(asked("/cmos/?sort=name"), column)
    assert 'href="?sort=-name"' in up and 'aria-sort="ascending"' in up
    down = ui.sort_header(asked("/cmos/?sort=-name"), column)
    assert 'href="?sort=name"' in down and 'aria-sort="descending"' in down


def test_the_pager_offers_only_what_is_there() -> None:
    assert ui.pager({"next_url": "", "previous_url": "", "count": 3}) == ""
    assert words(ui.pager({"next_url": "?after=x", "previous_url": None})) == "The first page Next"
    assert words(ui.pager({"next_url": None, "previous_url": "?before=x"})) == "The last page Previous"


class FilterForm(forms.Form):
    q = forms.CharField(required=False, label="Name")
    stage = forms.MultipleChoiceField(required=False, choices=State.choices)
    late = forms.BooleanField(required=False, label="Late only")


def test_each_set_filter_is_named_and_can_be_taken_away_alone() -> None:
    request = RequestFactory().get("/cmos/?q=har&stage=active&stage=watched&sort=name&after=x")
    filterset = SimpleNamespace(form=FilterForm(request.GET))
    assert ui.active_filters({"request": request}, filterset) == [
        {"label": "Name", "value": "har", "url": "?stage=active&stage=watched&sort=name"},
        {"label": "Stage", "value": "Active, On watch", "url": "?q=har&sort=name"},
    ]


@pytest.mark.parametrize(
    "query, count",
    [("", 0), ("q=har", 0), ("stage=active&stage=watched", 1), ("stage=active&late=on", 2), ("late=", 0)],
)
def test_the_fold_of_filters_says_how_many_are_set(query: str, count: int) -> None:
    request = RequestFactory().get(f"/cmos/?{query}")
    filterset = SimpleNamespace(form=FilterForm(request.GET))
    assert ui.folded_filters({"request": request}, filterset) == {"count": count, "open": count > 0}


# ------------------------------------------------------------------ forms


class VendorForm(forms.Form):
    name = forms.CharField(label="Legal name", help_text="As in the register.")
    kind = forms.ChoiceField(label="Kind", widget=forms.RadioSelect, choices=[("a", "Pure"), ("b", "Hybrid")])
    until = forms.DateField(label="Insured until", required=False)
    staff = forms.IntegerField(label="Staff", required=False)
    cover = forms.DecimalField(label="Cover", required=False, min_value=0)
    sure = forms.BooleanField(label="Checked", required=False)

    def clean_name(self) -> str:
        raise forms.ValidationError("This name is taken.")


def test_a_field_ties_help_and_error_to_its_control() -> None:
    form = VendorForm({"name": "Harrow", "kind": "a"})
    html = ui.field(form["name"])
    described = re.search(r'<input[^>]*aria-describedby="([^"]+)"', html)
    assert described and described[1] == "id_name_helptext id_name_error"
    assert all(f'id="{part}"' in html for part in described[1].split())
    assert 'aria-invalid="true"' in html
    assert words(html) == "Legal name As in the register. Error: This name is taken."
    assert html.index("<label") < html.index("help") < html.index("Error:") < html.index("<input")


def test_optional_fields_say_so_and_required_ones_do_not() -> None:
    form = VendorForm()
    assert words(ui.field(form["until"])) == "Insured until (optional)"
    assert words(ui.field(form["until"], optional=False)) == "Insured until"
    assert words(ui.field(form["name"])) == "Legal name As in the register."


def test_numbers_are_typed_as_text_and_days_picked() -> None:
    form = VendorForm(initial={"until": date(2026, 11, 2)})
    assert 'type="date" name="until" value="2026-11-02"' in ui.field(form["until"])
    assert 'inputmode="numeric"' in ui.field(form["staff"])
    assert 'type="number"' not in ui.field(form["cover"])
    assert 'class="form-control"' not in ui.field(form["sure"])


def test_the_summary_names_every_problem_and_leads_to_its_field_in_the_same_words() -> None:
    form = VendorForm({"staff": "abc", "kind": "", "name": ""})
    summary = ui.error_summary(form)
    assert re.findall(r'<a href="([^"]+)">([^<]+)</a>', summary) == [
        ("#id_name", "Legal name must be filled in."),
        ("#id_kind_0", "Kind must be chosen."),
        ("#id_staff", "Staff: enter a whole number."),
    ]
    assert words(summary).startswith("There is a problem")
    page = ui.form_fields(form)
    assert all(f'id="{target}"' in page for target in ("id_name", "id_kind_0", "id_staff"))
    assert "Legal name must be filled in." in page and "Staff: enter a whole number." in page


def test_no_problem_no_summary() -> None:
    assert ui.error_summary(VendorForm()) == ""


def test_the_typed_text_comes_back_escaped() -> None:
    form = VendorForm({"name": EVIL, "kind": EVIL})
    page = ui.error_summary(form) + ui.form_fields(form)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_sections_group_the_fields_and_none_is_lost() -> None:
    form = VendorForm()
    form.sections = [("Cover", ["until", "cover"])]  # type: ignore[attr-defined]
    html = ui.form_fields(form)
    assert re.findall(r'name="(\w+)"', html) == ["name", "kind", "kind", "staff", "sure", "until", "cover"]
    assert '<fieldset class="section"><legend>Cover</legend>' in html


# ------------------------------------------------------------------ frame


@pytest.mark.parametrize(
    ("cookie", "scheme"), [("dark", "dark"), ("light", "light"), ('"><script>', "auto"), (None, "auto")]
)
def test_the_scheme_comes_from_the_cookie_and_from_nothing_else(cookie: str | None, scheme: str) -> None:
    request = RequestFactory().get("/")
    if cookie is not None:
        request.COOKIES["theme"] = cookie
    assert ui.theme({"request": request}) == scheme


def test_components_escape_what_they_are_given() -> None:
    html = "".join(
        [
            ui.badge(EVIL, "good"),
            ui.stepper([{"label": EVIL, "status": "now", "note": EVIL}], EVIL),
            ui.signatures([{"role": EVIL, "meaning": EVIL, "state": "waiting", "note": EVIL}]),
            ui.timeline([{"at": None, "who": EVIL, "what": EVIL, "about": EVIL, "url": EVIL, "reason": EVIL}]),
            ui.timeline([{"who": "a", "what": "b", "changes": [(EVIL, EVIL, EVIL)], "because": {"label": EVIL}}]),
            ui.steps_menu([{"url": EVIL, "label": EVIL, "help": EVIL}, {"url": "", "label": EVIL, "blocked": [EVIL]}]),
            ui.standing(EVIL, 3),
            ui.sparkline([1, 2], None, EVIL, EVIL),
            svg.line([(EVIL, 1), ("b", 2)], title=EVIL, unit=EVIL, target=1),
            svg.bar([(EVIL, 1)], title=EVIL, unit=EVIL),
            ui.money(1, EVIL),
            ui.kpi_value(1, EVIL),
            ui.icon(EVIL, EVIL),
            ui.pager({"next_url": EVIL, "previous_url": EVIL}),
            ui.query(asked(f"/?a={EVIL}"), b=EVIL),
            ui.hidden_query(asked(f"/?sort={EVIL}"), "sort"),
        ]
    )
    assert "<script" not in html


def test_every_icon_that_is_used_is_in_the_sprite() -> None:
    used = used_icons(Path(settings.BASE_DIR))
    held = icons_in(Path(settings.BASE_DIR) / "static" / "icons.svg")
    missing = {name: sorted(files) for name, files in used.items() if name not in held}
    assert missing == {}, "Run: python3 manage.py build_icons"
    assert held <= used.keys(), "The sprite holds icons that nothing uses. Run: python3 manage.py build_icons"


def test_an_icon_that_is_absent_is_found_out(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text('{% icon "no-such-icon" %}{% icon "pen" "Sign" %}')
    (tmp_path / "rail.py").write_text('Place("Desk", "home", "house")\nlinks = [{"icon": "truck"}]\n')
    found = used_icons(tmp_path)
    assert {"no-such-icon", "pen", "house", "truck"} <= found.keys()
    with pytest.raises(FileNotFoundError):
        build_sprite({"no-such-icon"}, tmp_path)


def templates() -> list[str]:
    return sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("name", templates())
def test_every_template_can_be_read_and_keeps_to_the_content_policy(name: str) -> None:
    get_template(name)
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", source), "A style attribute is refused by the browser."
    assert "<style" not in source
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source), "A handler in the page is refused by the browser."
    for script in re.findall(r"<script[^>]*>", source):
        assert "src=" in script or 'type="application/json"' in script, f"A script in the page: {script}"
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""", source), "Another host is asked."


def test_the_style_sheets_ask_no_other_host_and_embed_nothing() -> None:
    for sheet in (Path(settings.BASE_DIR) / "static" / "css").glob("*.css"):
        for address in re.findall(r"url\(([^)]+)\)", sheet.read_text(encoding="utf-8")):
            assert re.fullmatch(r"[\"']\.\./[\w./-]+[\"']", address), f"{sheet.name}: {address}"


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _tokens() -> dict[str, tuple[str, str]]:
    source = (Path(settings.BASE_DIR) / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    return {
        name: (light, dark) for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", source)
    }


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_colour_can_be_read_on_every_ground_it_stands_on(scheme: int) -> None:
    tokens = {name: pair[scheme] for name, pair in _tokens().items()}
    grounds = ("page", "card", "raised", "hover")
    pairs = [(ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent", "bad") for ground in grounds]
    pairs += [(tone, f"{tone}-soft") for tone in ("good", "watch", "bad", "none", "accent")]
    pairs += [("ink", f"{tone}-soft") for tone in ("good", "watch", "bad", "none", "accent")]
    pairs += [
        ("accent", "accent-soft"),
        ("on-accent", "accent"),
        ("on-accent", "accent-strong"),
        ("ink-2", "none-soft"),
    ]
    weak = {pair: round(_contrast(tokens[pair[0]], tokens[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}
    edges = {ground: round(_contrast(tokens["edge"], tokens[ground]), 2) for ground in grounds}
    assert {ground: ratio for ground, ratio in edges.items() if ratio < 3} == {}, "The edge of a field must be seen."


def test_the_components_are_at_hand_in_every_template() -> None:
    assert "cmo_lifecycle.doors.templatetags.ui" in Engine.get_default().builtins
