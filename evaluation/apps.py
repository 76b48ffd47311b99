from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "evaluation"
    label = "evaluation"
    verbose_name = "RFP and selection"

    def ready(self) -> None:
        from evaluation import actions, announcing, secluding  # noqa: F401  each registers what it declares
