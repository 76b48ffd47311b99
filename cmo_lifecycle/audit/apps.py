from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "cmo_lifecycle.audit"
    label = "audit"
    verbose_name = "Audit trail"

    def ready(self) -> None:
        from cmo_lifecycle.audit import actor, checks, triggers  # noqa: F401

        post_migrate.connect(triggers.install_after_migrate, dispatch_uid="audit.install")
        connection_created.connect(actor.name_the_process, dispatch_uid="audit.process")
