from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    name = "cmo_lifecycle.portfolio"
    label = "portfolio"
