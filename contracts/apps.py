from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "contracts"
    label = "contracts"
    verbose_name = "Contracting"

    def ready(self) -> None:
        from contracts import actions, obliging  # noqa: F401  registers verbs, gates and what follows
