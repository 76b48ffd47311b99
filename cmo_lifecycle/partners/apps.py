from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "cmo_lifecycle.partners"
    label = "partners"
    verbose_name = "CMOs and relationships"

    def ready(self) -> None:
        from cmo_lifecycle.partners import actions  # noqa: F401
