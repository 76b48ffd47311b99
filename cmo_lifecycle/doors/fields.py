"""Form fields and controls that records need beyond Django's own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.utils import flatatt
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe


class PlainSelect(forms.Select):
    """A select written in one pass: with 250 countries the template of Django's own costs more than the page."""

    #: What stands at the choice of nothing, instead of Django's row of dashes.
    empty = ""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = {str(one) for one in (value if isinstance(value, list | tuple) else [value]) if one is not None}
        if not chosen:
            chosen = {""}
        own = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        out = [f"<select{flatatt(own)}>"]
        for key, label in self.choices:
            if isinstance(label, list | tuple):
                inside = "".join(self._option(k, text, chosen) for k, text in label)
                out.append(f'<optgroup label="{escape(key)}">{inside}</optgroup>')
            else:
                out.append(self._option(key, label, chosen))
        out.append("</select>")
        return mark_safe("".join(out))  # noqa: S308 - each value above is escaped

    def _option(self, key: Any, label: Any, chosen: set[str]) -> str:
        value = "" if key is None else str(key)
        if not value and self.empty and str(label).startswith("---"):
            label = self.empty
        return f'<option value="{escape(value)}"{" selected" if value in chosen else ""}>{escape(label)}</option>'


class Lines(forms.CharField):
    """A list of short texts, one per line."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        text = super().to_python(value) or ""
        return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or []) != self.to_python(data)


class Several(forms.MultipleChoiceField):
    """Several of a few values, as boxes to tick; kept as a list in the order of the choices."""

    widget = forms.CheckboxSelectMultiple

    def to_python(self, value: Any) -> list[str]:
        picked = set(super().to_python(value))
        return [str(key) for key, _ in self.choices if str(key) in picked]


class NameInput(forms.TextInput):
    """A text with suggestions that come while one types; works as plain text without scripts."""

    pick = ""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        attrs = dict(attrs or {})
        options = f"{attrs.get('id', f'id_{name}')}_options"
        attrs |= {
            "list": options,
            "autocomplete": "off",
            "hx-get": f"{reverse('pick', args=[self.pick])}?field={name}",
            "hx-trigger": "input changed delay:150ms, focus once",
            "hx-target": f"#{options}",
            "hx-swap": "innerHTML",
        }
        return mark_safe(  # noqa: S308 - both parts are escaped
            super().render(name, value, attrs, renderer) + f'<datalist id="{escape(options)}"></datalist>'
        )


class ByName(forms.Field):
    """One other record, chosen by typing its name.

    `pick` names the noun for suggestions; `names` are the field paths of which the label is made, most telling
    first. The value is the record. `queryset` has to be narrowed to what the person may see. With `whole` a part of a
    name is not taken for the only one that has it.
    """

    widget = NameInput

    def __init__(
        self,
        *,
        pick: str,
        names: tuple[str, ...],
        queryset: QuerySet | None = None,
        whole: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.names = names
        self.whole = whole
        self.queryset = queryset
        self.widget.pick = pick

    def prepare_value(self, value: Any) -> Any:
        if value in (None, ""):
            return ""
        if hasattr(value, "pk"):
            return label_of(value, self.names)
        try:
            found = self.queryset.filter(pk=value).first() if self.queryset is not None else None
        except (ValidationError, ValueError):
            return value
        return label_of(found, self.names) if found is not None else value

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        assert self.queryset is not None
        found = list(self._called(text)[:2])
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            raise ValidationError(f"More than one is called “{text}”. Choose one of the suggestions.")
        near = list(self.queryset.filter(**{f"{self.names[0]}__icontains": text})[:2])
        if len(near) == 1 and self.whole:
            meant = label_of(near[0], self.names)
            raise ValidationError(f"Nothing here is called “{text}”. If you mean “{meant}”, write the whole name.")
        if len(near) == 1:
            return near[0]
        raise ValidationError(f"Nothing here is called “{text}”. Type a part of the name and choose a suggestion.")

    def _called(self, text: str) -> QuerySet:
        assert self.queryset is not None
        exact = self.queryset.filter(**{f"{self.names[0]}__iexact": text})
        parts = text
        while len(self.names) > 1 and not exact.exists() and ", " in parts:
            parts, _, rest = parts.rpartition(", ")
            rest = text[len(parts) + 2 :]
            exact = self.queryset.filter(**{f"{self.names[0]}__iexact": parts, f"{self.names[1]}__iexact": rest})
        return exact

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            found = self.to_python(data)
        except ValidationError:
            return True
        key = initial.pk if hasattr(initial, "pk") else initial
        return (found.pk if found is not None else None) != (key or None)


def label_of(record: Any, names: Iterable[str]) -> str:
    """Return a record's label made of its field paths: 'Harrow Cork, Harrow Biologics'."""
    parts = []
    for path in names:
        found = record
        for step in path.split("__"):
            found = getattr(found, step, None)
        if found:
            parts.append(str(found))
    return ", ".join(parts)
