"""What the wizard asks: the file, then which column is what and how it is written."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import validate_slug

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.fields import PlainSelect, Several
from cmo_lifecycle.tabular import values
from cmo_lifecycle.tabular.errors import ProfileError
from cmo_lifecycle.tabular.profiles import Profile, Target, compile_profile, suggest
from cmo_lifecycle.tabular.reader import Row
from operations.importing import targets, uploads
from operations.models import ImportProfile

Kind = ImportProfile.Kind
NOTE_KINDS = {"date": "date_or_note", "decimal": "number_or_note"}
PLAIN_KINDS = {note: plain for plain, note in NOTE_KINDS.items()}
NUMBERS = {
    ".|": "1234.56",
    ".|,": "1,234.56",
    ",|": "1234,56",
    ",|.": "1.234,56",
    ",| ": "1 234,56",
    ".| ": "1 234.56",
    ".|'": "1'234.56",
}
SHOWN_SAMPLES = 3


class UploadForm(forms.Form):
    """The file, and what it holds."""

    kind = forms.ChoiceField(label="What the file holds", widget=forms.RadioSelect)
    file = forms.FileField(
        label="File",
        error_messages={"empty": "The file is empty."},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xlsm"}),
    )
    profile = forms.ChoiceField(
        label="Profile",
        required=False,
        widget=PlainSelect,
        help_text="How the columns of a known source are read. You see and can change it in the next step.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind.value, kind.label) for kind in Kind if uploads.may_import(kind, user)]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["kind"].initial = kinds[0][0] if kinds else None
        self.fields[
            "file"
        ].help_text = f"CSV or Excel workbook (.xlsx), at most {uploads.limits().max_bytes // (1 << 20)} MiB. The first row names the columns."
        allowed = [kind for kind, _ in kinds]
        found = ImportProfile.objects.visible_to(user).filter(kind__in=allowed).order_by("-shipped", "name")
        grouped = [
            (Kind(kind).label, [(f"{kind}:{one.name}", _told(one)) for one in found if one.kind == kind])
            for kind in allowed
        ]
        self.fields["profile"].choices = [  # type: ignore[attr-defined]
            ("", "None: map the columns anew"), *[(label, rows) for label, rows in grouped if rows]
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        kind, _, name = found.get("profile", "").partition(":")
        if name and found.get("kind") and kind != found["kind"]:
            self.add_error("profile", f"The profile {name} is for {Kind(kind).label.lower()}.")
        found["profile_name"] = name
        return found


def _told(profile: ImportProfile) -> str:
    title = profile.mapping.get("title", "")
    return f"{profile.name} – {title}" if title else profile.name


class MappingPageForm(forms.Form):
    """Which column is what. Made for one file: its columns are the choices, its first rows check the formats."""

    def __init__(
        self,
        data: Any = None,
        *,
        kind: str,
        columns: Sequence[str],
        rows: Sequence[Row],
        base: Profile | None,
        base_name: str = "",
        create_missing: bool = False,
    ) -> None:
        self.kind = kind
        self.columns = list(columns)
        self.rows = rows
        self.base = base
        self.base_name = base_name
        self.targets = targets.TARGETS[kind]
        self.samples = self._samples()
        super().__init__(data)
        chosen = self._first_choice()
        self._add_general()
        for target in self.targets:
            self._add_target(target, chosen.get(target.name))
        self._add_rest(create_missing, chosen)

    # ---- what is offered

    def _samples(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {column: [] for column in self.columns}
        for row in self.rows:
            for column, cell in zip(self.columns, row.cells, strict=False):
                if cell and cell.strip() and cell not in found[column]:
                    found[column].append(cell)
        return found

    def _first_choice(self) -> dict[str, str | None]:
        if self.base is None:
            offered = [target for target in self.targets if target.name != "source_system"]
            return suggest(self.columns, offered)
        same = {" ".join(column.split()).casefold(): column for column in self.columns}
        return {
            name: same.get(" ".join(rule.column.split()).casefold())
            for name, rule in self.base.fields.items()
            if rule.column is not None
        }

    def _add_general(self) -> None:
        numbers = dict(NUMBERS)
        now = self._numbers_now()
        numbers.setdefault(now, now.replace("|", " and "))
        self.fields["numbers"] = forms.ChoiceField(
            label="Numbers are written as", choices=list(numbers.items()), initial=now, widget=PlainSelect
        )
        self.fields["blank"] = forms.CharField(
            label="Words that mean “nothing here”",
            required=False,
            initial=", ".join(self.base.blank) if self.base else "",
            help_text="Separated by commas, such as: N/A, none. They hold for every column.",
            max_length=200,
        )

    def _numbers_now(self) -> str:
        if self.base is not None:
            for rule in self.base.fields.values():
                if "thousands" in rule.options or "decimal_mark" in rule.options:
                    mark = rule.options.get("decimal_mark", self.base.decimal_mark)
                    return f"{mark}|{rule.options.get('thousands', self.base.thousands)}"
            return f"{self.base.decimal_mark}|{self.base.thousands}"
        chosen = self._first_choice()
        cells = [
            cell
            for target in self.targets
            if target.kind == "decimal" and chosen.get(target.name)
            for cell in self.samples[str(chosen[target.name])][:50]
        ]
        fitting = values.fitting_number_formats(cells)
        return "|".join(fitting[0]) if fitting else ".|"

    def _add_target(self, target: Target, column: str | None) -> None:
        rule = self.base.fields.get(target.name) if self.base is not None else None
        if target.name != "source_system":
            such = ", ".join(values.quote(cell) for cell in self.samples.get(column or "", ())[:SHOWN_SAMPLES])
            self.fields[f"column_{target.name}"] = forms.ChoiceField(
                label=target.label,
                required=target.required and target.name not in targets.CONSTANTS[self.kind],
                initial=column or "",
                choices=[("", "Not in the file"), *((name, name) for name in self.columns)],
                widget=PlainSelect,
                help_text=f"Such as {such}." if such else "",
            )
        if target.name in targets.CONSTANTS[self.kind]:
            own = rule.constant if rule is not None and rule.constant is not None else ""
            if target.name == "source_system":
                label, help_text = (
                    "Source system",
                    "Where the lines come from. A line of the same source with the same id is the same line.",
                )
                own = own or self.base_name
            else:
                label, help_text = f"{target.label}, the same in every row", "In place of a column."
            self.fields[f"constant_{target.name}"] = forms.CharField(
                label=label, required=False, initial=own, max_length=200, help_text=help_text
            )
        if target.kind == "date":
            now = self._date_format_now(target, rule, column)
            formats = {form: values.check_date_format(form) for form in values.DATE_FORMATS}
            formats[values.EXCEL_SERIAL] = "spreadsheet day number, such as 40178"
            if now and now not in formats:
                formats[now] = values.check_date_format(now)
            self.fields[f"format_{target.name}"] = forms.ChoiceField(
                label=f"{target.label}: 31 December 2009 is written as",
                required=False,
                initial=now,
                choices=[("", "Choose"), *formats.items()],
                widget=PlainSelect,
            )
        if target.kind in NOTE_KINDS:
            self.fields[f"note_{target.name}"] = forms.BooleanField(
                label=f"{target.label}: keep other words as a note",
                required=False,
                initial=rule is not None and rule.kind in PLAIN_KINDS,
            )

    def _date_format_now(self, target: Target, rule: Any, column: str | None) -> str:
        if rule is not None and self.base is not None:
            return str(rule.options.get("format", self.base.date_format))
        fitting = values.fitting_date_formats(self.samples.get(column or "", [])[:100])
        # Where the cells allow two readings, only a person knows.
        return fitting[0] if len(fitting) == 1 else ""

    def _add_rest(self, create_missing: bool, chosen: dict[str, str | None]) -> None:
        sent = [self.data.get(f"column_{target.name}") for target in self.targets] if self.is_bound else chosen.values()
        kept = list(self.base.notes) if self.base else []
        # What was ticked before it was chosen above is still a choice; `_data` leaves it out.
        ticked = self.data.getlist("notes") if self.is_bound else kept
        self.fields["notes"] = Several(
            label="Further columns to keep as notes",
            required=False,
            choices=[(name, name) for name in self.columns if name not in sent or name in ticked],
            initial=kept,
        )
        if self.kind == Kind.SITES:
            # A site has no place for them.
            del self.fields["notes"]
        made = "CMOs" if self.kind == Kind.SITES else "CMOs, sites, programmes and relationships"
        self.fields["create_missing"] = forms.BooleanField(
            label="Create what is missing",
            required=False,
            initial=create_missing,
            help_text=f"Make the {made} that the file names and the system lacks. The dry run lists each of them first.",
        )
        self.fields["save_as"] = forms.CharField(
            label="Keep this mapping as a profile called",
            required=False,
            max_length=60,
            validators=[validate_slug],
            help_text="Letters, digits, - and _. The next file of this source is then mapped by choosing it.",
        )

    @property
    def sections(self) -> list[tuple[str, list[str]]]:
        """The fields in groups, each target with what belongs to it."""
        groups = (
            [
                ("The line", ("external_id", "source_system", "order_ref", "item")),
                ("Whose it is", ("cmo", "site", "programme")),
                ("When", ("ordered_on", "scheduled_on", "delivered_on", "recorded_on")),
                (
                    "How much",
                    ("quantity_ordered", "quantity_delivered", "quantity_accepted", "unit", "value", "currency"),
                ),
                ("Transport", ("country", "transport_mode", "incoterm", "weight_kg", "freight_cost")),
            ]
            if self.kind == Kind.DELIVERIES
            else [
                ("The site", ("cmo", "duns", "name", "fei", "gln")),
                ("Where it is", ("address", "city", "postal_code", "country")),
                ("What is known of it", ("operations", "dates_483", "dates_warning_letters")),
            ]
        )
        found = [
            (
                heading,
                [
                    f"{part}_{name}"
                    for name in names
                    for part in ("column", "constant", "format", "note")
                    if f"{part}_{name}" in self.fields
                ],
            )
            for heading, names in groups
        ]
        found.append(("How the file is written", ["numbers", "blank", "notes"]))
        found.append(("Then", ["create_missing", "save_as"]))
        return found

    # ---- what was chosen

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if self.errors:
            return found
        try:
            profile = targets.fit(self._data(found), self.kind)
        except ProfileError as error:
            self.add_error(None, str(error))
            return found
        self._check_formats(profile)
        found["profile"] = profile
        found["is_named"] = self.base is not None and self._is_base(profile)
        name = found.get("save_as", "")
        if name and ImportProfile.objects.filter(kind=self.kind, name__iexact=name, shipped=True).exists():
            self.add_error("save_as", f"{name} is shipped with the product and stays as it is; choose another name.")
        return found

    def _data(self, found: dict[str, Any]) -> dict[str, Any]:
        mark, _, thousands = found["numbers"].partition("|")
        base = self.base
        data: dict[str, Any] = copy.deepcopy(base.to_dict()) if base is not None else {}
        old = data.get("fields", {})
        taken = {found.get(f"column_{target.name}") for target in self.targets}
        data |= {
            "name": found.get("save_as") or self.base_name or "own-mapping",
            "decimal_mark": mark,
            "thousands": thousands,
            "blank": [word.strip() for word in found["blank"].split(",") if word.strip()],
            "notes": [name for name in found.get("notes", []) if name not in taken],
            "fields": {},
        }
        for target in self.targets:
            entry = self._entry(target, found, old.get(target.name, {}))
            if entry is not None:
                data["fields"][target.name] = entry
            elif target.required:
                self.add_error(f"column_{target.name}", f"Choose the column that holds: {target.label}.")
        return data

    def _entry(self, target: Target, found: dict[str, Any], old: dict[str, Any]) -> dict[str, Any] | None:
        column, constant = found.get(f"column_{target.name}", ""), found.get(f"constant_{target.name}", "").strip()
        if target.name == "source_system" and constant == (found.get("save_as") or self.base_name):
            return None
        if not column and not constant:
            return None
        kept = {
            key: value
            for key, value in old.items()
            if key not in ("column", "constant", "kind", "format", "decimal_mark", "thousands")
        }
        entry: dict[str, Any] = {**kept, **({"column": column} if column else {"constant": constant})}
        plain = old.get("kind", target.kind)
        plain = PLAIN_KINDS.get(plain, plain)
        entry["kind"] = NOTE_KINDS[target.kind] if found.get(f"note_{target.name}") else plain
        if target.kind == "date":
            form = found.get(f"format_{target.name}", "")
            if not form:
                fitting = values.fitting_date_formats(self.samples.get(column, [])[:100])
                if len(fitting) == 1:
                    form = fitting[0]
                elif not self.samples.get(column):
                    form = "%Y-%m-%d"
                else:
                    self.add_error(
                        f"format_{target.name}",
                        f"Choose how the dates of “{column}” are written: the first rows can be read in several ways."
                        if fitting
                        else f"Choose how the dates of “{column}” are written, or another column.",
                    )
                    form = "%Y-%m-%d"
            entry["format"] = form
        return entry

    def _check_formats(self, profile: Profile) -> None:
        """Where no cell of a column can be read as declared, the declaration is wrong rather than the cells."""
        if self.errors:
            return
        convert = compile_profile(profile, self.columns)
        wrong: dict[str, tuple[int, str]] = {}
        tally: dict[str, int] = {}
        for row in self.rows:
            for column, sentence in convert(row.number, row.cells, None).errors:
                if column is not None:
                    wrong.setdefault(column, (row.number, sentence))
                    tally[column] = tally.get(column, 0) + 1
        for name, rule in profile.fields.items():
            if rule.column not in wrong:
                continue
            filled = sum(1 for row in self.rows if (row.cells[self.columns.index(rule.column)] or "").strip())
            if filled and tally[rule.column] >= filled:
                number, sentence = wrong[rule.column]
                place = f"format_{name}" if f"format_{name}" in self.fields else f"column_{name}"
                self.add_error(place, f"No cell of “{rule.column}” fits. Row {number}: {sentence}")

    def _is_base(self, profile: Profile) -> bool:
        assert self.base is not None
        return _bare(profile) == _bare(self.base)


def _bare(profile: Profile) -> Any:
    """A profile as it reads, whichever way its formats are spelled; its name and titles aside."""
    found = []
    for name, rule in sorted(profile.fields.items()):
        options = dict(rule.options)
        if rule.kind in values.DATE_KINDS:
            options.setdefault("format", profile.date_format)
        if rule.kind in values.NUMBER_KINDS:
            options.setdefault("decimal_mark", profile.decimal_mark)
            options.setdefault("thousands", profile.thousands)
        options["blank"] = sorted(options.get("blank", profile.blank))
        found.append((name, rule.column, rule.constant, rule.default, rule.kind, sorted(options.items(), key=str)))
    return found, sorted(profile.notes), profile.header_row, profile.sheet, profile.delimiter


__all__ = ["MappingPageForm", "UploadForm"]
