from django.apps import AppConfig


class DoorsConfig(AppConfig):
    name = "cmo_lifecycle.doors"
    label = "doors"
    verbose_name = "Pages and REST"

    def ready(self) -> None:
        from cmo_lifecycle.doors import keys

        keys.install()
