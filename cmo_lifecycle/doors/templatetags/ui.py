"""The components of the pages. Each takes what it shows and nothing else, and escapes what it is given.

They build their HTML in Python rather than in nested templates, because a page may hold hundreds of them. Shapes of the
lists and dicts they take are in each docstring. Tones are `good watch bad none info`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.forms import widgets
from django.forms.boundfield import BoundField
from django.forms.fields import BooleanField, DateField, DateTimeField, DecimalField, IntegerField
from django.http import QueryDict
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors import svg
from cmo_lifecycle.doors.pages.words import a, upper
from cmo_lifecycle.doors.rows import Column, state_badge_html

register = template.Library()

THEMES = ("light", "dark", "auto")
STANDING_TONES = {
    "preferred": "good",
    "acceptable": "good",
    "watch": "watch",
    "probation": "bad",
    "insufficient data": "none",
}


def _safe(text: str) -> SafeString:
    return mark_safe(text)  # noqa: S308 - callers escape each value they put in


def _get(item: Any, key: str, default: Any = None) -> Any:
    return item.get(key, default) if isinstance(item, Mapping) else getattr(item, key, default)


# ------------------------------------------------------------------ small things


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One icon of the sprite. Without a label it is decoration and hidden from screen readers."""
    said = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return _safe(f'<svg class="icon" {said} focusable="false"><use href="{static("icons.svg")}#{escape(name)}"/></svg>')


@register.simple_tag
def badge(label: Any, tone: str = "none") -> SafeString:
    """A word with the symbol and colour of its tone."""
    return fmt.badge_html(label, tone or "none")


@register.simple_tag
def state_badge(record: Any) -> SafeString:
    """The present state of a record: `record.get_state_display()` in the tone of `record.State(record.state)`."""
    return state_badge_html(record)


@register.simple_tag
def decimal(value: Any, places: int | None = None, unit: str = "") -> SafeString:
    """A number with thousands separators, rounded half up to `places`; a missing one is an en dash."""
    return _safe(f'<span class="nowrap">{escape(fmt.with_unit(fmt.number(value, places), unit))}</span>')


@register.simple_tag
def money(amount: Any, currency: str, places: int = 2) -> SafeString:
    """An amount with its currency."""
    return _safe(f'<span class="nowrap">{escape(fmt.amount(amount, currency, places))}</span>')


@register.simple_tag(name="date")
def date_tag(value: date | None) -> SafeString:
    """A calendar day; the same day in every time zone."""
    return fmt.time_tag(value.date() if isinstance(value, datetime) else value)


@register.simple_tag(name="datetime")
def datetime_tag(value: datetime | None) -> SafeString:
    """A moment in the reader's time zone, UTC in the title."""
    return fmt.time_tag(value)


@register.simple_tag
def asof(value: datetime | date | None) -> SafeString:
    """How fresh a panel is."""
    if value is None:
        return _safe('<span class="asof">no data yet</span>')
    return _safe(f'<span class="asof">as of {fmt.time_tag(value)}</span>')


@register.filter
def initials(name: str) -> str:
    """Two letters of a person's name."""
    return fmt.initials(name)


@register.simple_tag
def clock(due: date | datetime | None, now: date | datetime | None = None) -> SafeString:
    """How long is left, or how late it is, in words. A day counts to its end; a moment counts in hours when near."""
    if due is None:
        return _safe('<span class="quiet">no date set</span>')
    timed = isinstance(due, datetime)
    now = now or timezone.now()
    if timed:
        left = due - now  # type: ignore[operator]
        hours = abs(left) // timedelta(hours=1)
        days = abs(left) // timedelta(days=1)
        late = left < timedelta(0)
    else:
        today = timezone.localtime(now).date() if isinstance(now, datetime) and timezone.is_aware(now) else now
        today = today.date() if isinstance(today, datetime) else today
        left = due - today
        hours, days, late = 10**6, abs(left.days), left.days < 0
    if not timed and days == 0:
        label, tone = "due today", "watch"
    elif hours < 1:
        label, tone = ("just late", "bad") if late else ("under 1 h left", "watch")
    else:
        size = f"{hours}{fmt.NBSP}h" if hours < 48 else f"{days} day{'' if days == 1 else 's'}"
        label = f"{size} late" if late else f"{size} left"
        tone = "bad" if late else "watch" if days <= 7 else "none"
    return _safe(
        f'<span class="clock badge {tone}" title="due {escape(fmt.moment(due) if timed else fmt.day(due))}">'  # type: ignore[arg-type]
        f'<i aria-hidden="true">{fmt.SYMBOLS[tone]}</i>{label}</span>'
    )


# ------------------------------------------------------------------ numbers with a meaning


@register.simple_tag
def kpi_value(value: Decimal | int | float | None, unit: str = "", state: str = "ok", places: int | None = None) -> str:
    """A KPI's value, or in words why there is none: zero, no activity, not supplied and not applicable differ.

    `value` is in its unit already (81.3 with '%' is 81.3 %). `state` is ok, no_activity, not_supplied, not_applicable.
    """
    state = str(state)
    if state == "ok":
        if value is None:
            raise ValueError("A KPI value whose state is ok has a value.")
        return _safe(f'<span class="kpi">{escape(fmt.with_unit(fmt.number(value, places), unit))}</span>')
    return _safe(f'<span class="kpi off">{fmt.DATA_STATES[state]}</span>')


@register.simple_tag
def sparkline(
    values: Sequence[Any], target: Any = None, unit: str = "", label: str = "", change: str = ""
) -> SafeString:
    """A line the height of a word: values oldest first, None is a gap. See `svg.sparkline`."""
    return svg.sparkline(values, target if target != "" else None, unit, label, change)


@register.simple_tag
def line_chart(
    points: Sequence[tuple[str, Any]], title: str, unit: str = "", target: Any = None, red_line: Any = None
) -> SafeString:
    """A line chart of (label, value or None). See `svg.line`."""
    return svg.line(points, title=title, unit=unit, target=target, red_line=red_line)


@register.simple_tag
def bar_chart(items: Sequence[Any], title: str, unit: str = "", highest: Any = None) -> SafeString:
    """Bars of (label, value[, tone]). See `svg.bar`."""
    return svg.bar(items, title=title, unit=unit, highest=highest)


@register.simple_tag
def standing(standing: Any, score: Any = None, tone: str = "") -> SafeString:
    """A performance standing in its word, with the score it comes from ('Watch 56.4 of 100').

    `standing` is a choice with `label` (and `tone`), or its word. `score` None means that it could not be worked out.
    """
    label = str(getattr(standing, "label", standing) or "")
    word = label.replace("_", " ").strip().capitalize() or "No standing yet"
    tone = tone or getattr(standing, "tone", "") or STANDING_TONES.get(word.lower(), "none")
    of = (
        '<span class="of">no score</span>'
        if score is None or score == ""
        else f'<span class="of">{fmt.number(score, 1)} of 100</span>'
    )
    return _safe(
        f'<div class="standing"><span class="word {tone}"><i aria-hidden="true">{fmt.SYMBOLS[tone]}</i>'
        f"{escape(word)}</span>{of}</div>"
    )


# ------------------------------------------------------------------ things that happen


@register.simple_tag
def stepper(steps: Iterable[Mapping[str, Any]], label: str = "Stages") -> SafeString:
    """Where something stands: dicts of `label`, `status` (done, now, next), optional `note`."""
    said = {"done": "done", "now": "now", "next": "to come"}
    out = [f'<ol class="steps" aria-label="{escape(label)}">']
    for step in steps:
        status = step["status"]
        current = ' aria-current="step"' if status == "now" else ""
        mark = icon("check-lg") if status == "done" else ""
        note = f"<small>{fmt.html(step.get('note'))}</small>" if step.get("note") else ""
        out.append(
            f'<li class="{escape(status)}"{current}><span class="dot" aria-hidden="true">{mark}</span>'
            f'{fmt.html(step["label"])}<span class="visually-hidden"> ({said[status]})</span>{note}</li>'
        )
    out.append("</ol>")
    return _safe("".join(out))


@register.simple_tag
def signatures(items: Iterable[Any]) -> SafeString:
    """Who signed what, and who is still asked.

    Dicts (or objects) of `role` (label), `meaning`, `state` (signed, waiting, outdated, meddled, invalid) and, when signed,
    `name`, `at`; optional `note` (such as 'signed version 3, now version 4').
    """
    words = {
        "signed": ("signed", "good"),
        "waiting": ("waiting", "info"),
        "outdated": ("signed an older version", "watch"),
        "meddled": ("changed since", "bad"),
        "invalid": ("does not verify", "bad"),
    }
    out = ['<ul class="list signs">']
    for item in items:
        label, tone = words[_get(item, "state", "waiting")]
        name, at, note = _get(item, "name"), _get(item, "at"), _get(item, "note")
        role = fmt.html(_get(item, "role"))
        who = f"<strong>{fmt.html(name)}</strong>{f' · {role}' if role else ''}" if name else role
        out.append(
            f"<li><div>{who}<small>“{fmt.html(_get(item, 'meaning'))}”</small>"
            + (f"<small>{fmt.time_tag(at)}</small>" if at else "")
            + (f"<small>{fmt.html(note)}</small>" if note else "")
            + f"</div>{fmt.badge_html(label, tone)}</li>"
        )
    if len(out) == 1:
        return _safe('<p class="quiet">No signature is asked for.</p>')
    out.append("</ul>")
    return _safe("".join(out))


@register.simple_tag
def timeline(events: Iterable[Any]) -> SafeString:
    """What happened, newest first.

    Dicts (or objects) of `at`, `who`, `what` (past tense, 'approved the review'); optional `url` (of what it happened
    to), `about` (its name), `role`, `reason`, `because` (dict of `label`, `url`), `source` ('REST', 'schedule'),
    `changes` (list of (label, old, new)).
    """
    out = ['<ol class="timeline">']
    for place, event in enumerate(events):
        about, url, role = _get(event, "about"), _get(event, "url"), _get(event, "role")
        named = f" {_linked(about, url)}" if about else ""
        because, reason = _get(event, "because"), _get(event, "reason")
        source, changes = _get(event, "source"), _get(event, "changes") or ()
        aside = " · ".join(
            part for part in (str(fmt.time_tag(_get(event, "at"))), str(fmt.html(role)), str(fmt.html(source))) if part
        )
        out.append(
            f"<li{' class=now' if place == 0 else ''}><strong>{fmt.html(_get(event, 'who'))}</strong>"
            f" {fmt.html(_get(event, 'what'))}{named}<small>{aside}</small>"
        )
        if reason:
            out.append(f"<blockquote>{fmt.html(reason)}</blockquote>")
        if because:
            out.append(f"<small>because of {_linked(_get(because, 'label'), _get(because, 'url'))}</small>")
        if changes:
            rows = "".join(
                f'<tr><th scope="row">{fmt.html(label)}</th><td><del>{_shown(old)}</del></td>'
                f"<td><ins>{_shown(new)}</ins></td></tr>"
                for label, old, new in changes
            )
            many = f"{len(changes)} field{'' if len(changes) == 1 else 's'} changed"
            out.append(
                f'<details class="changes"><summary>{many}</summary><div class="scroll" tabindex="0" role="region"'
                f' aria-label="{many}"><table><thead><tr><th scope="col">Field</th><th scope="col">Before</th>'
                f'<th scope="col">After</th></tr></thead><tbody>{rows}</tbody></table></div></details>'
            )
        out.append("</li>")
    if len(out) == 1:
        return _safe('<p class="quiet">Nothing has happened yet.</p>')
    out.append("</ol>")
    return _safe("".join(out))


def _linked(label: Any, url: Any) -> str:
    return f'<a href="{escape(url)}">{fmt.html(label)}</a>' if url else str(fmt.html(label))


def _shown(value: Any) -> str:
    return str(fmt.html(value)) if value not in (None, "") else '<span class="quiet">empty</span>'


_MENU = '<ul class="menu-list">'


@register.simple_tag
def steps_menu(steps: Iterable[Mapping[str, Any]]) -> SafeString:
    """What this reader may do next with a record.

    Dicts of `url`, `label` (the verb), `help` (one sentence), `blocked` (sentences that say what is missing; empty when
    it can be done), `primary`, `signature` (a signature will be asked). The main step is a button; the others share a
    menu; a blocked one stays in the menu and says why.
    """
    steps = list(steps)
    open_steps = [step for step in steps if not step.get("blocked")]
    blocked = [step for step in steps if step.get("blocked")]
    buttons = [step for step in open_steps if step.get("primary")][:1]
    rest = [step for step in open_steps if step not in buttons]
    if not blocked and len(rest) <= 2:
        buttons, rest = rest + buttons, []
    main = next((step for step in open_steps if step.get("primary")), None)
    out = []
    for step in sorted(buttons, key=lambda step: step is main):
        css = "btn primary" if step is main else "btn"
        pen = icon("pen") if step.get("signature") else ""
        out.append(f'<a class="{css}" href="{escape(step["url"])}">{pen}{fmt.html(step["label"])}…</a>')
    if rest or blocked:
        name = "More steps" if buttons else "Next steps"
        entries = [f'<details class="menu"><summary class="btn">{name}{icon("chevron-down")}</summary>', _MENU]
        for step in rest:
            help_text = f"<small>{fmt.html(step.get('help'))}</small>" if step.get("help") else ""
            entries.append(
                f'<li><a href="{escape(step["url"])}"><span class="what">{fmt.html(step["label"])}…{help_text}'
                "</span></a></li>"
            )
        for place, step in enumerate(blocked):
            reasons = "".join(f"<li>{fmt.html(sentence)}</li>" for sentence in step["blocked"])
            css = ' class="off-first"' if place == 0 and rest else ""
            entries.append(
                f'<li{css}><div class="off"><strong>{fmt.html(step["label"])}</strong> – not yet:'
                f"<ul>{reasons}</ul></div></li>"
            )
        out.insert(0, "".join(entries) + "</ul></details>")
    return _safe("".join(out))


# ------------------------------------------------------------------ lists


def _query(context: Mapping[str, Any]) -> QueryDict:
    request = context.get("request")
    return request.GET.copy() if request is not None else QueryDict(mutable=True)


def _with(query: QueryDict, **changes: Any) -> str:
    for key, value in changes.items():
        if value in (None, ""):
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag(takes_context=True)
def query(context: Mapping[str, Any], **changes: Any) -> str:
    """The present URL's query with some keys changed; an empty value takes the key away."""
    return escape(_with(_query(context), **changes))


@register.simple_tag(takes_context=True)
def hidden_query(context: Mapping[str, Any], *names: str) -> SafeString:
    """Hidden inputs that carry the named parts of the URL through a GET form."""
    present = _query(context)
    return _safe(
        "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name in names
            for value in present.getlist(name)
        )
    )


@register.simple_tag(takes_context=True)
def sort_header(context: Mapping[str, Any], column: Column) -> SafeString:
    """The head of one column: its label, and a link that sorts by it (then the other way round)."""
    css = ' class="n"' if column.numeric else ""
    label = fmt.html(column.label)
    if not column.sortable:
        return _safe(f'<th scope="col"{css}>{label}</th>')
    present = _query(context)
    now = present.get("sort", "")
    aria, mark, target = "", "arrow-down-up", column.key
    if now == column.key:
        aria, mark, target = ' aria-sort="ascending"', "arrow-up", f"-{column.key}"
    elif now == f"-{column.key}":
        aria, mark, target = ' aria-sort="descending"', "arrow-down", column.key
    present.pop("after", None)
    present.pop("before", None)
    present.pop("page", None)
    href = escape(_with(present, sort=target))
    return _safe(
        f'<th scope="col"{css}{aria}><a id="sort-{escape(column.key)}" href="{href}" hx-get="{href}"'
        ' hx-target="#results" hx-select="#results" hx-swap="outerHTML" hx-push-url="true">'
        f"{label}{icon(mark)}</a></th>"
    )


@register.simple_tag(takes_context=True)
def table_head(context: Mapping[str, Any], columns: Iterable[Column]) -> SafeString:
    """The head row of a list."""
    return _safe("<thead><tr>" + "".join(sort_header(context, column) for column in columns) + "</tr></thead>")


@register.simple_tag
def pager(page: Any, noun: str = "") -> SafeString:
    """Next and previous by URL. `page` has `next_url`, `previous_url` and `count` (None when it is not counted)."""
    before, after = _get(page, "previous_url"), _get(page, "next_url")
    if not before and not after:
        return SafeString("")
    parts = []
    if before:
        parts.append(f'<a class="btn slim" rel="prev" href="{escape(before)}">{icon("chevron-left")}Previous</a>')
    if after:
        parts.append(f'<a class="btn slim" rel="next" href="{escape(after)}">Next{icon("chevron-right")}</a>')
    here = "The first page" if not before else "The last page" if not after else "More before and after"
    return _safe(f'<nav class="pager" aria-label="Pages"><p>{here}</p><div class="acts">{"".join(parts)}</div></nav>')


_PARTS = {"min", "max", "after", "before", "0", "1"}


def _belongs(key: str, name: str) -> bool:
    """Whether a key of the URL is the filter's, or one part of its two."""
    return key == name or (key.startswith(f"{name}_") and key[len(name) + 1 :] in _PARTS)


def _as_words(field: Any, value: Any) -> str:
    if isinstance(value, slice):
        low, high = ("" if end is None else _as_words(field, end) for end in (value.start, value.stop))
        return f"{low} to {high}" if low and high else f"from {low}" if low else f"up to {high}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return fmt.moment(value) if isinstance(value, datetime) else fmt.day(value)
    choices = getattr(field, "choices", None)
    if choices is not None and not hasattr(value, "_meta") and isinstance(value, str):
        flat: dict[str, str] = {}
        for key, label in choices:
            grouped = isinstance(label, list | tuple)
            flat.update({str(k): str(v) for k, v in label} if grouped else {str(key): str(label)})
        return flat.get(value, value)
    if not isinstance(value, str) and isinstance(value, Iterable):
        return ", ".join(_as_words(field, one) for one in value)
    return str(value)


@register.simple_tag(takes_context=True)
def folded_filters(context: Mapping[str, Any], filterset: Any) -> dict[str, Any]:
    """The filters beside the search: how many are set (`count`), and whether one of them is set or wrong (`open`)."""
    names = [field.name for field in filterset.form.visible_fields() if field.name != "q"]
    keys = [key for key, value in _query(context).items() if value]
    count = sum(1 for name in names if any(_belongs(key, name) for key in keys))
    return {"count": count, "open": bool(count or filterset.form.errors)}


@register.simple_tag(takes_context=True)
def active_filters(context: Mapping[str, Any], filterset: Any) -> list[dict[str, str]]:
    """The filters that are set, as dicts of `label`, `value` and `url` (the same list without that one)."""
    if filterset is None or not filterset.form.is_bound or not filterset.form.is_valid():
        return []
    found = []
    for name, value in filterset.form.cleaned_data.items():
        if value in (None, "", [], ()) or (hasattr(value, "exists") and not value):
            continue
        if isinstance(value, slice) and value.start is None and value.stop is None:
            continue
        present = _query(context)
        keys = [key for key in present if _belongs(key, name)]
        if not keys:
            continue
        for key in [*keys, "after", "before", "page"]:
            # A filter may itself be called after or before; its own keys are in `keys` and go anyway.
            present.pop(key, None)
        field = filterset.form.fields[name]
        label = field.label or name.replace("_", " ").capitalize()
        found.append({"label": str(label), "value": _as_words(field, value), "url": _with(present)})
    return found


# ------------------------------------------------------------------ forms


_SHORT = (DateField, DateTimeField, IntegerField, DecimalField)


def _prepare(bound: BoundField) -> None:
    """Give a widget the kit's class and, for days, the browser's own picker."""
    widget = bound.field.widget
    if isinstance(bound.field, DateField) and type(widget) is widgets.DateInput:
        widget.input_type, widget.format = "date", "%Y-%m-%d"
    if isinstance(bound.field, DecimalField | IntegerField) and isinstance(widget, widgets.NumberInput):
        # A number box loses what it cannot read and changes on the scroll wheel; text with a keypad does neither.
        widget.input_type = "text"
        widget.attrs.setdefault("inputmode", "decimal" if isinstance(bound.field, DecimalField) else "numeric")
        for name in ("step", "min", "max"):
            widget.attrs.pop(name, None)
    if isinstance(widget, widgets.Textarea) and str(widget.attrs.get("rows")) == "10":
        # Ten rows is the framework's default, not somebody's choice.
        widget.attrs["rows"] = "4"
    hint = widget.attrs.get("placeholder")
    if hint and hint.lower().startswith(str(bound.label).lower()):
        # The label stands above already.
        del widget.attrs["placeholder"]
    for part in getattr(widget, "widgets", [widget]):
        if isinstance(part, widgets.CheckboxInput):
            continue
        if isinstance(part, widgets.Select):
            css = "form-select"
        elif isinstance(part, widgets.Input | widgets.Textarea):
            css = "form-control"
        else:
            continue
        own = part.attrs.get("class", "")
        if css not in own.split():
            part.attrs["class"] = f"{own} {css}".strip()


@register.simple_tag
def field_help(bound: BoundField) -> SafeString:
    """The help of a field, tied to its control by `aria-describedby`."""
    if not bound.help_text:
        return SafeString("")
    return _safe(f'<div class="help" id="{bound.auto_id}_helptext">{fmt.html(bound.help_text)}</div>')


def _sentences(bound: BoundField) -> list[str]:
    """What is wrong with a field. The framework's own words name no field, so its label is put before them: in a
    summary of five lines "This field is required." five times helps nobody."""
    found = []
    for error in bound.errors.as_data():
        for message in error.messages:
            own = str(bound.field.error_messages.get(error.code or "", "")) == message
            stock = own and message == str(_stock(bound.field, error.code))
            label = str(bound.label)
            if stock and error.code == "required":
                picks = isinstance(bound.field.widget, widgets.ChoiceWidget | widgets.FileInput)
                found.append(f"{label} must be {'chosen' if picks else 'filled in'}.")
            elif stock:
                found.append(f"{label}: {message[:1].lower()}{message[1:]}")
            else:
                found.append(message)
    return found


def _stock(form_field: Any, code: str | None) -> Any:
    for kind in type(form_field).__mro__:
        messages = kind.__dict__.get("default_error_messages", {})
        if code in messages:
            return messages[code]
    return None


def _field_errors(bound: BoundField) -> str:
    if not bound.errors:
        return ""
    lines = "".join(
        f'<p class="error">{icon("exclamation-circle-fill")}<span><span class="visually-hidden">Error: </span>'
        f"{fmt.html(sentence)}</span></p>"
        for sentence in _sentences(bound)
    )
    return f'<div id="{bound.auto_id}_error">{lines}</div>'


@register.simple_tag
def field(bound: BoundField, optional: bool = True, css: str = "") -> SafeString:
    """One field of a form: label, help, error, control, in that order and tied together.

    `optional` says "(optional)" at fields that may stay empty.
    """
    if bound.is_hidden:
        return _safe(str(bound))
    widget = bound.field.widget
    _prepare(bound)
    classes = ["field", css]
    if bound.errors:
        classes.append("wrong")
    if isinstance(bound.field, _SHORT) and not isinstance(widget, widgets.MultiWidget):
        classes.append("short")
    opening = " ".join(part for part in classes if part)
    mark = ' <span class="opt">(optional)</span>' if optional and not bound.field.required else ""
    label, help_text, errors = fmt.html(bound.label), field_help(bound), _field_errors(bound)
    described = f' aria-describedby="{bound.aria_describedby}"' if bound.aria_describedby else ""
    if isinstance(widget, widgets.CheckboxInput):
        return _safe(
            f'<div class="{opening}">{errors}<div class="check">{bound}'
            f'<label for="{bound.id_for_label}">{label}</label></div>{help_text}</div>'
        )
    if isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple):
        boxes = "".join(
            f'<label class="check" for="{sub.id_for_label}">{sub.tag()}'
            f"<span>{fmt.html(sub.choice_label)}</span></label>"
            for sub in bound
        )
        # The summary's link needs something to stand on: the group itself, reachable by script but not by Tab.
        return _safe(
            f'<fieldset class="{opening}" id="{bound.auto_id}" tabindex="-1"{described}><legend>{label}{mark}</legend>'
            f"{help_text}{errors}{boxes}</fieldset>"
        )
    if isinstance(widget, widgets.MultiWidget):
        return _safe(
            f'<fieldset class="{opening}"{described}><legend>{label}{mark}</legend>'
            f"{help_text}{errors}{bound}</fieldset>"
        )
    return _safe(
        f'<div class="{opening}"><label for="{bound.id_for_label}">{label}{mark}</label>'
        f"{help_text}{errors}{bound}</div>"
    )


@register.simple_tag
def form_fields(form: Any, optional: bool = True) -> SafeString:
    """All fields of a form. A form with `sections` (list of (heading, [field names])) gets headed groups; fields named
    in no section come first."""
    hidden = "".join(str(bound) for bound in form.hidden_fields())
    sections = getattr(form, "sections", None)
    if not sections:
        return _safe(hidden + "".join(field(bound, optional) for bound in form.visible_fields()))
    named = {name for _, names in sections for name in names}
    out = [hidden, *(field(bound, optional) for bound in form.visible_fields() if bound.name not in named)]
    for heading, names in sections:
        inside = "".join(field(form[name], optional) for name in names if name in form.fields)
        if inside:
            out.append(f'<fieldset class="section"><legend>{escape(heading)}</legend>{inside}</fieldset>')
    return _safe("".join(out))


@register.simple_tag
def form_fields_except(form: Any, names: Sequence[str] | None = None) -> SafeString:
    """The fields of a form without the named ones, which stand elsewhere on the page."""
    left_out = set(names or ())
    return _safe(
        "".join(str(bound) for bound in form.hidden_fields())
        + "".join(field(bound) for bound in form.visible_fields() if bound.name not in left_out)
    )


@register.simple_tag
def form_field(form: Any, name: str) -> SafeString:
    """One field of a form by its name; nothing where the form does not ask for it."""
    return field(form[name]) if name in form.fields else SafeString("")


@register.simple_tag
def error_summary(*forms: Any) -> SafeString:
    """The box "There is a problem": every error of the forms and tables, each a link to its field. It takes the focus on
    load."""
    lines = []
    for form in forms:
        if not form or not getattr(form, "errors", None):
            continue
        if hasattr(form, "problems"):
            for target, where, what in form.problems:
                said = [what] if isinstance(what, str) else _sentences(what)
                lines += [f'<li><a href="#{escape(target)}">{escape(where)}{escape(one)}</a></li>' for one in said]
            continue
        for sentence in form.non_field_errors():
            lines.append(f"<li>{fmt.html(sentence)}</li>")
        for bound in form:
            # A group of boxes has no control of its own to go to; its first box has.
            group = isinstance(bound.field.widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple)
            target = f"{bound.auto_id}_0" if group else bound.id_for_label
            lines += [f'<li><a href="#{escape(target)}">{escape(one)}</a></li>' for one in _sentences(bound)]
    if not lines:
        return SafeString("")
    return _safe(
        '<div class="summary-box" id="problem" role="alert" tabindex="-1" aria-labelledby="problem-title" data-focus>'
        f'<h2 id="problem-title">There is a problem</h2><ul>{"".join(lines)}</ul></div>'
    )


@register.simple_tag
def part_table(table: Any, missing: Mapping[Any, Sequence[str]] | None = None) -> SafeString:
    """A table of inputs (`doors.pages.parts.Table`). `missing` says what is still asked for: sentences by the place of a
    saved row, those of the whole table by None.

    On a narrow page, and always where the table is `wide`, each row is a card whose cells show their labels.
    """
    said = missing or {}
    word, heading = escape(table.row_word), fmt.html(table.heading)
    rows = "".join(_part_row(table, row, place, said) for place, row in enumerate(table.forms, start=1))
    heads = "".join(_part_head(name, made) for name, made in table.heads)
    faults = "".join(_part_line(sentence, "error", "Error: ") for sentence in table.faults)
    faults += "".join(_part_line(sentence, "lacking", "Still missing: ") for sentence in said.get(None, ()))
    title = f"<h2>{heading}</h2>" if table.heading else ""
    help_text = f'<p class="help">{fmt.html(table.help)}</p>' if table.help else ""
    css = "part wide" if table.wide else "part"
    return _safe(
        f'<section class="{css}" id="{table.anchor}" tabindex="-1" data-part="{table.name}" data-most="{table.part.most}"'
        f' data-word="{word}" aria-label="{heading or word}">{title}{help_text}{faults}<table><thead><tr>'
        f'<th scope="col"><span class="visually-hidden">{escape(upper(table.row_word))}</span></th>{heads}'
        f'<th scope="col"><span class="visually-hidden">Remove</span></th></tr></thead><tbody>{rows}</tbody></table>'
        f"<template>{_part_row(table, table.template, '__row__', {})}</template>"
        f'<p class="part-acts"><button class="btn slim" type="button" data-add>{icon("plus-lg")}Add {escape(a(table.row_word))}</button>'
        '<span class="part-undo" hidden><span data-undone></span> <button class="link" type="button" data-undo>Undo'
        "</button></span></p></section>"
    )


def _part_line(sentence: str, css: str, opening: str) -> str:
    mark = icon("exclamation-circle-fill" if css == "error" else "flag")
    spoken = f'<span class="visually-hidden">{opening}</span>' if css == "error" else f"<strong>{opening}</strong>"
    return f'<p class="{css}">{mark}<span>{spoken}{fmt.html(sentence)}</span></p>'


def _part_head(name: str, made: Any) -> str:
    mark = "" if made.required or isinstance(made, BooleanField) else ' <span class="opt">(optional)</span>'
    return f'<th scope="col" class="{_part_kind(made)}">{fmt.html(made.label)}{mark}</th>'


def _part_kind(made: Any) -> str:
    """How much room a column wants."""
    if isinstance(made.widget, widgets.CheckboxInput):
        return "tick"
    if isinstance(made.widget, widgets.Select):
        return "pick"
    if isinstance(made, DateField):
        return "day"
    if isinstance(made, DecimalField) and (made.max_digits or 0) > 8:
        return "amount"
    if isinstance(made, _SHORT):
        return "brief"
    most = getattr(made, "max_length", None)
    long = isinstance(made.widget, widgets.Textarea) or (most or 0) >= 300
    return "brief" if most is not None and most <= 3 else "words long" if long else "words"


def _part_row(table: Any, row: Any, place: int | str, said: Mapping[Any, Sequence[str]]) -> str:
    word = escape(table.row_word)
    cells = "".join(_part_cell(bound, word, place) for bound in row.cells)
    lacking = said.get(row.place, ()) if row.place is not None else ()
    notes = "".join(_part_line(sentence, "lacking", "Still missing: ") for sentence in lacking)
    alone = row.spare and not any(not other.spare for other in table.forms) and row is table.forms[0]
    css = ' class="spare"' if row.spare and not alone else ""
    prefix = row.prefix
    checked = " checked" if row.taken_out else ""
    hidden = f'<input type="hidden" name="{prefix}-id" value="{escape(row.pk)}">' if row.pk else ""
    under = f'<tr class="part-note"><td></td><td colspan="{len(row.cells) + 1}">{notes}</td></tr>' if notes else ""
    return (
        f'<tr{css} data-row="{place}"><th scope="row"><span class="row-word">{escape(upper(table.row_word))} </span>{place}'
        f'</th>{cells}<td class="out">{hidden}<label class="check" for="id_{prefix}-remove"><input type="checkbox"'
        f' id="id_{prefix}-remove" name="{prefix}-remove" value="1"{checked}><span>Remove<span class="visually-hidden">'
        f" {word} {place}</span></span></label>"
        f'<button class="btn plain square" type="button" data-remove aria-label="Remove {word} {place}">{icon("x-lg")}'
        f"</button></td></tr>{under}"
    )


def _part_cell(bound: BoundField, word: str, place: int | str) -> str:
    made = bound.field
    _prepare(bound)
    errors = _field_errors(bound)
    classes = "field wrong" if bound.errors else "field"
    mark = "" if made.required or isinstance(made, BooleanField) else ' <span class="opt">(optional)</span>'
    label = (
        f'<label for="{bound.id_for_label}">{fmt.html(bound.label)}<span class="visually-hidden"> {word} {place}</span>'
        f"{mark}</label>"
    )
    control = f'<div class="check">{bound}</div>' if isinstance(made.widget, widgets.CheckboxInput) else str(bound)
    return (
        f'<td class="{_part_kind(made)}"><div class="{classes}">{label}{field_help(bound)}{errors}{control}</div></td>'
    )


# ------------------------------------------------------------------ frame


@register.simple_tag(takes_context=True)
def theme(context: Mapping[str, Any]) -> str:
    """The scheme that the reader chose (from the cookie `theme`): light, dark or auto."""
    request = context.get("request")
    asked = request.COOKIES.get("theme", "auto") if request is not None else "auto"
    return asked if asked in THEMES else "auto"
