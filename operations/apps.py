from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "operations"
    verbose_name = "Ongoing operations"

    def ready(self) -> None:
        from operations import actions  # noqa: F401
