from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "cmo_lifecycle.workflow"
    label = "workflow"
    verbose_name = "How anything changes"
