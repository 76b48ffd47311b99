"""What a file's columns can be mapped to, and the named profiles that do it.

Lengths, decimal places and what may not be empty come from the models' own fields, so that a cell which the
database would refuse is refused in the dry run, with its row and column.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.db import models

from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.partners.models import CMO, Programme, Site
from cmo_lifecycle.tabular.errors import ProfileError
from cmo_lifecycle.tabular.profiles import Profile, Target
from cmo_lifecycle.tabular.values import WITH_NOTE
from operations.models import Delivery, ImportProfile

Kind = ImportProfile.Kind
SHIPPED = Path(__file__).resolve().parents[1] / "profiles"

#: Kinds of value that a profile may give a target instead of its own.
INSTEAD = {
    "text": ("text", "identifier"),
    "identifier": ("identifier", "text"),
    "date": ("date", "date_or_note"),
    "decimal": ("decimal", "number_or_note", "integer"),
    "country": ("country",),
    "currency": ("currency",),
}


def _of(model: type[models.Model], field: str, kind: str, label: str, name: str = "", **more: Any) -> Target:
    """A target that ends in a model's field and takes its limits from it."""
    found: Any = model._meta.get_field(field)
    options: dict[str, Any] = {}
    if kind in ("text", "identifier") and found.max_length:
        options["max_length"] = found.max_length
    if kind == "decimal":
        options["places"] = found.decimal_places
    return Target(name or field, kind, label, options=options, **more)


DELIVERIES = (
    _of(
        Delivery, "external_id", "identifier", "Line id", required=True,
        synonyms=("ID", "Delivery id", "External id", "Line number"),
    ),
    _of(
        Delivery, "order_ref", "identifier", "Order",
        synonyms=("PO / SO #", "PO number", "Purchase order", "Order number", "PO"),
    ),
    _of(
        CMO, "legal_name", "text", "CMO", name="cmo", required=True,
        synonyms=("Vendor", "Supplier", "Manufacturer", "Contract manufacturer", "Company"),
    ),
    _of(Site, "name", "text", "Site", name="site", synonyms=("Manufacturing Site", "Plant", "Facility")),
    _of(
        Programme, "name", "text", "Programme", name="programme", required=True,
        synonyms=("Product Group", "Project", "Product", "Programme name"),
    ),
    _of(Delivery, "item", "text", "Item", required=True, synonyms=("Item Description", "Material", "Article")),
    _of(Delivery, "country", "country", "Country of delivery", synonyms=("Country", "Destination", "Ship to country")),
    _of(Delivery, "transport_mode", "text", "Transport mode", synonyms=("Shipment Mode", "Mode of transport")),
    _of(Delivery, "incoterm", "text", "Incoterm", synonyms=("Vendor INCO Term", "INCO Term", "Incoterms")),
    _of(
        Delivery, "ordered_on", "date", "Ordered on",
        synonyms=("PO Sent to Vendor Date", "Order date", "PO date"),
    ),
    _of(
        Delivery, "scheduled_on", "date", "Scheduled on", required=True,
        synonyms=("Scheduled Delivery Date", "Due date", "Promised date", "Requested date"),
    ),
    _of(
        Delivery, "delivered_on", "date", "Delivered on",
        synonyms=("Delivered to Client Date", "Delivery date", "Actual delivery date", "Receipt date"),
    ),
    _of(Delivery, "recorded_on", "date", "Recorded on", synonyms=("Delivery Recorded Date", "Booking date")),
    _of(
        Delivery, "quantity_ordered", "decimal", "Quantity ordered",
        synonyms=("Line Item Quantity", "Ordered quantity", "Quantity", "Order qty"),
    ),
    _of(
        Delivery, "quantity_delivered", "decimal", "Quantity delivered",
        synonyms=("Delivered quantity", "Received quantity"),
    ),
    _of(Delivery, "quantity_accepted", "decimal", "Quantity accepted", synonyms=("Accepted quantity",)),
    _of(Delivery, "unit", "text", "Unit", synonyms=("Unit of measure", "UoM")),
    _of(Delivery, "value", "decimal", "Line value", synonyms=("Line Item Value", "Amount", "Net value")),
    _of(Delivery, "currency", "currency", "Currency", synonyms=("Currency code",)),
    _of(Delivery, "weight_kg", "decimal", "Weight in kg", synonyms=("Weight (Kilograms)", "Weight", "Gross weight")),
    _of(Delivery, "freight_cost", "decimal", "Freight cost", synonyms=("Freight Cost (USD)", "Freight")),
    _of(Delivery, "source_system", "text", "Source system"),
)  # fmt: skip

SITES = (
    _of(
        CMO, "legal_name", "text", "CMO", name="cmo", required=True,
        synonyms=("FIRM_NAME", "Firm name", "Company", "Legal name", "Manufacturer"),
    ),
    _of(Site, "duns", "identifier", "DUNS", required=True, synonyms=("DUNS_NUMBER", "DUNS number")),
    _of(Site, "name", "text", "Site name", synonyms=("Site", "Plant", "Facility")),
    _of(Site, "fei", "identifier", "FEI", synonyms=("FEI_NUMBER", "FEI number", "Establishment identifier")),
    _of(Site, "gln", "identifier", "GLN", synonyms=("Global location number",)),
    Target("address", "text", "Address", synonyms=("ADDRESS", "Street address")),
    _of(Site, "city", "text", "City", synonyms=("Town",)),
    _of(Site, "postal_code", "identifier", "Postal code", synonyms=("Zip", "Zip code", "Postcode")),
    _of(Site, "country", "country", "Country", synonyms=("ISO3", "Country code")),
    Target("operations", "text", "Registered operations", synonyms=("OPERATIONS", "Activities")),
    Target(
        "dates_483", "text", "Dates of published Forms 483", options={"max_length": 2000},
        synonyms=("DATES_483", "483 dates"),
    ),
    Target(
        "dates_warning_letters", "text", "Dates of warning letters", options={"max_length": 2000},
        synonyms=("DATES_WL", "Warning letter dates"),
    ),
)  # fmt: skip

TARGETS: dict[str, tuple[Target, ...]] = {Kind.DELIVERIES: DELIVERIES, Kind.SITES: SITES}
#: Targets that a file may say once for all of its rows.
CONSTANTS: dict[str, tuple[str, ...]] = {
    Kind.DELIVERIES: ("cmo", "programme", "site", "currency", "unit", "source_system"),
    Kind.SITES: ("country",),
}


def target_table(kind: str) -> dict[str, Target]:
    return {target.name: target for target in TARGETS[kind]}


def fit(data: Any, kind: str) -> Profile:
    """Return the profile that a mapping (plain JSON) means for this kind of file.

    Raises ProfileError with a sentence where it names fields that are not here, lacks one that is needed, or gives
    a field a kind of value that the field cannot hold.
    """
    if not isinstance(data, Mapping) or not isinstance(data.get("fields"), Mapping):
        return Profile.from_dict(data)
    known = target_table(kind)
    strangers = sorted(str(name) for name in data["fields"] if name not in known)
    if strangers:
        raise ProfileError(f"There are no fields called {', '.join(strangers)} here. Known: {', '.join(known)}.")
    fields: dict[str, Any] = {}
    # The order of the targets, for JSON out of a database has none of its own.
    for name, target in known.items():
        entry = data["fields"].get(name)
        if entry is None and name not in data["fields"]:
            continue
        if not isinstance(entry, Mapping):
            raise ProfileError(f"The field {name} must be an object with a column or a constant.")
        said = entry.get("kind", target.kind)
        if said not in INSTEAD[target.kind]:
            raise ProfileError(f"The field {name} holds {' or '.join(INSTEAD[target.kind])}, not {said!r}.")
        fields[name] = {**entry, "kind": said}
        if target.required:
            fields[name]["required"] = True
        for option, value in target.options.items():
            if option == "places" and said == "integer":
                continue
            own = entry.get(option)
            tighter = isinstance(own, int) and not isinstance(own, bool) and 0 <= own < value
            fields[name][option] = own if tighter else value
    lacking = [target.label for target in known.values() if target.required and target.name not in fields]
    if lacking:
        raise ProfileError(f"Choose a column for {', '.join(lacking)}.")
    return Profile.from_dict({**data, "fields": fields})


def noted_keys(profile: Profile) -> list[str]:
    """Every key under which rows of this profile may carry a note."""
    kept = [name for name, rule in profile.fields.items() if rule.kind in WITH_NOTE]
    return [*kept, *profile.notes, *(original_key(name) for name in profile.fields)]


def original_key(field: str) -> str:
    return f"{field} as in the file"


def named(name: str, kind: str) -> ImportProfile:
    """Return the profile of that name. Raises ProfileError naming those there are."""
    found = ImportProfile.objects.filter(kind=kind, name__iexact=name).first()
    if found is None:
        known = ", ".join(names(kind)) or "none yet"
        raise ProfileError(
            f"There is no profile called {name[:60]!r} for {Kind(kind).label.lower()}; there are: {known}."
        )
    return found


def names(kind: str) -> list[str]:
    return list(ImportProfile.objects.filter(kind=kind).order_by("-shipped", "name").values_list("name", flat=True))


def shipped() -> Iterable[tuple[str, dict[str, Any]]]:
    """Yield the kind and the JSON of each profile that comes with the product."""
    for path in sorted(SHIPPED.glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        own = set(data["fields"])
        kind = next(kind for kind, targets in TARGETS.items() if own <= {target.name for target in targets})
        fit(data, kind)
        yield kind, data


def write_shipped(sender: Any, using: str = "default", **kwargs: Any) -> None:
    """Keep the shipped profiles as they are shipped, after `migrate`."""
    for kind, data in shipped():
        rows = ImportProfile.objects.using(using)
        found = rows.filter(kind=kind, name__iexact=data["name"]).first()
        if found is not None and found.shipped and found.mapping == data:
            continue
        with acting("system:setup", source="command"):
            if found is None:
                rows.create(kind=kind, name=data["name"], mapping=data, shipped=True)
            else:
                found.mapping, found.shipped, found.version = data, True, found.version + 1
                found.save(using=using)
