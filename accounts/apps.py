from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in

from accounts.clock import on_login


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "利用者と機関"

    def ready(self) -> None:
        user_logged_in.connect(on_login, dispatch_uid="accounts.clock")
