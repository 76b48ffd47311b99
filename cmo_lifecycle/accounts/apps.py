from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "cmo_lifecycle.accounts"
    label = "accounts"
    verbose_name = "People and sign-in"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from cmo_lifecycle.accounts import events, middleware, roles

        post_migrate.connect(roles.write_groups, sender=self, dispatch_uid="accounts.roles")
        user_logged_in.connect(middleware.start_clock, dispatch_uid="accounts.start_clock")
        events.connect()
