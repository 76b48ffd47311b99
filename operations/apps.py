from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OperationsConfig(AppConfig):
    name = "operations"
    verbose_name = "Ongoing operations"

    def ready(self) -> None:
        from operations import actions  # noqa: F401
        from operations.importing import tasks  # noqa: F401
        from operations.importing.targets import write_shipped

        post_migrate.connect(write_shipped, sender=self, dispatch_uid="operations.shipped_profiles")
