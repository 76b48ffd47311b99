"""The templates an RFP can start from."""

from __future__ import annotations

from collections.abc import Mapping

from evaluation.library.shapes import Template
from evaluation.library.templates import analytical, cell_gene, drug_substance, fill_finish, packaging

#: By the code of the service; cell and gene therapy by the code of the modality.
TEMPLATES: Mapping[str, Template] = {
    module.TEMPLATE.code: module.TEMPLATE for module in (drug_substance, fill_finish, packaging, cell_gene, analytical)
}


def template_for(service: str, modality: str = "") -> Template | None:
    """Return the template that fits a service and a modality best, None where there is none for the service."""
    fitting = [one for one in TEMPLATES.values() if service in one.services and one.modality in ("", modality)]
    return next((one for one in fitting if one.modality), None) or next(
        (one for one in fitting if one.code == service), fitting[0] if fitting else None
    )


__all__ = ["TEMPLATES", "Template", "template_for"]
