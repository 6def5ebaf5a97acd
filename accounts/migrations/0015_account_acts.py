"""What administrators do to accounts and organisations is an act of its own, which all administrators see (A32)."""

from importlib import import_module

from django.db import migrations, models

from core.db import ChangeRowSecurity

BEFORE = import_module("accounts.migrations.0003_access_log").ENTRY
ENTRY = BEFORE.replace("'second_factor')", "'second_factor', 'account')")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0014_lighter_chain")]

    operations = [
        migrations.AlterField(
            model_name="accessentry",
            name="act",
            field=models.CharField(
                choices=[
                    ("view", "画面の閲覧"),
                    ("list", "一覧の表示"),
                    ("search", "検索"),
                    ("change", "入力・変更"),
                    ("print", "印刷用の文書"),
                    ("download", "ファイルの取り出し"),
                    ("task", "システムの自動処理"),
                    ("login", "ログイン"),
                    ("logout", "ログアウト"),
                    ("login_failed", "ログインの失敗"),
                    ("second_factor", "二要素認証"),
                    ("account", "利用者・機関の登録"),
                    ("emergency_start", "緊急閲覧の開始"),
                    ("emergency_stop", "緊急閲覧の終了"),
                ],
                max_length=20,
                verbose_name="したこと",
            ),
        ),
        migrations.RemoveIndex(model_name="accessentry", name="access_logins"),
        migrations.AddIndex(
            model_name="accessentry",
            index=models.Index(
                condition=models.Q(("act__in", ("login", "logout", "login_failed", "second_factor", "account"))),
                fields=["-at", "-id"],
                name="access_logins",
            ),
        ),
        ChangeRowSecurity("AccessEntry", ENTRY, was=BEFORE),
    ]
