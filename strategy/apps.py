from django.apps import AppConfig


class StrategyConfig(AppConfig):
    name = "strategy"
    verbose_name = "Partnering strategy"

    def ready(self) -> None:
        from strategy import actions  # noqa: F401
