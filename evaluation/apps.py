from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "evaluation"
    label = "evaluation"
    verbose_name = "RFP and selection"

    def ready(self) -> None:
        from evaluation import actions  # noqa: F401  registers verbs, gates and what follows
