from __future__ import annotations

from typing import Any

from django.core.checks import Error, Tags, register

from cmo_lifecycle.audit import triggers


@register(Tags.database)
def every_table_is_trailed(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[Error]:
    """Count the triggers: `check --database default` fails where the trail has a hole."""
    if not databases:
        return []
    return [Error(sentence, id="audit.E001") for sentence in triggers.missing()]
