"""Who works here: users, the organisations they work for, and in which role."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from accounts.enums import LOGIN_ACTS, AccessAct, OrganisationKind, Role
from accounts.querysets import (
    AccessEntryQuerySet,
    DraftQuerySet,
    InvitationQuerySet,
    MembershipQuerySet,
    OrganisationQuerySet,
)
from core.db import UUIDModel
from core.periods import DateStyle


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


@pghistory.track(exclude=["password", "last_login", "has_shortcuts", "is_moved_on"])
class User(AbstractBaseUser):
    """A person who logs in. What they may do follows from memberships alone."""

    username = models.CharField(
        "利用者ID",
        max_length=64,
        unique=True,
        validators=[
            RegexValidator(r"^[a-z0-9][a-z0-9._-]*$", "利用者IDは半角の英小文字・数字・記号(._-)で入力してください。")
        ],
        error_messages={"unique": "この利用者IDはすでに使われています。別のIDにしてください。"},
    )
    name = models.CharField("氏名", max_length=100)
    email = models.EmailField("メールアドレス", blank=True)
    is_active = models.BooleanField("利用中", default=True)
    date_style = models.CharField("日付の表示", max_length=10, choices=DateStyle, default=DateStyle.ERA)
    created_at = models.DateTimeField("登録日時", auto_now_add=True)
    # How somebody types: nobody else's business, so without history.
    has_shortcuts = models.BooleanField(
        "1文字のショートカットキーを使う",
        default=True,
        help_text="/ で検索、? でキーの一覧など。入力欄の外だけで働きます。Ctrl+Enterで送る操作は、外しても使えます。",
    )
    is_moved_on = models.BooleanField(
        "桁がそろったら次の欄へ",
        default=False,
        help_text="日付(5070401、20250401)・時刻(0930)・郵便番号などの数字がそろうと、次の欄へ自動で移ります。続けて打つ方向けです。",
    )

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = "利用者"
        verbose_name_plural = "利用者"

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Organisation(models.Model):
    """A body that takes part: a city, its welfare office, a Hello Work office, a partner …"""

    kind = models.CharField("種別", max_length=32, choices=OrganisationKind)
    name = models.CharField("名称", max_length=200)
    short_name = models.CharField("略称", max_length=60)
    municipality_code = models.CharField(
        "全国地方公共団体コード",
        max_length=6,
        blank=True,
        validators=[RegexValidator(r"^\d{6}$", "全国地方公共団体コードは半角数字6桁で入力してください。")],
    )
    parent = models.ForeignKey(
        "self", verbose_name="上位の機関", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    is_active = models.BooleanField("利用中", default=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "機関"
        verbose_name_plural = "機関"
        constraints = [
            models.UniqueConstraint(
                fields=["municipality_code"],
                condition=~Q(municipality_code=""),
                name="organisation_code_once",
                violation_error_message="この全国地方公共団体コードの団体はすでに登録されています。",
            ),
            models.CheckConstraint(
                condition=~Q(kind=OrganisationKind.MUNICIPALITY) | ~Q(municipality_code=""),
                name="municipality_has_code",
                violation_error_message="市区町村には全国地方公共団体コードを入力してください。",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="organisation_not_below_itself",
                violation_error_message="機関を自分自身の下に置くことはできません。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Membership(models.Model):
    """A user works for an organisation in a role, from a day until a day (both included)."""

    user = models.ForeignKey(User, verbose_name="利用者", on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, verbose_name="機関", on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField("役割", max_length=32, choices=Role)
    title = models.CharField("職名", max_length=60, blank=True, help_text="空欄のときは役割の名前を表示します。")
    valid_from = models.DateField("開始日")
    valid_to = models.DateField("終了日", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "所属"
        verbose_name_plural = "所属"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role", "valid_from"],
                name="membership_once",
                violation_error_message="この利用者は同じ機関に同じ役割ですでに所属しています。",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="membership_period_in_order",
                violation_error_message="終了日は開始日以降の日にしてください。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.organisation} {self.title_label})"

    @property
    def title_label(self) -> str:
        return self.title or self.get_role_display()

    def has_begun(self, on: dt.date) -> bool:
        return self.valid_from <= on


@pghistory.track(exclude=["token_hash"])
class Invitation(models.Model):
    """A link, good once and for a time, on which a user sets a password; only the token's hash is kept."""

    user = models.ForeignKey(User, verbose_name="利用者", on_delete=models.PROTECT, related_name="invitations")
    token_hash = models.CharField("リンクのハッシュ値", max_length=64, unique=True)
    invited_by = models.ForeignKey(User, verbose_name="発行した人", on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField("発行日時")
    expires_at = models.DateTimeField("期限")
    used_at = models.DateTimeField("使用日時", null=True, blank=True)
    withdrawn_at = models.DateTimeField("取消日時", null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "招待"
        verbose_name_plural = "招待"
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(used_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_invitation",
                violation_error_message="この利用者には、まだ使われていない招待リンクがあります。",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="invitation_used_or_withdrawn",
                violation_error_message="使われた招待リンクは取り消せません。",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("invited_at")),
                name="invitation_expires_later",
                violation_error_message="招待リンクの期限は発行より後にしてください。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.expires_at:%Y-%m-%d}"


@pghistory.track(exclude=["code_hash"])
class RecoveryCode(models.Model):
    """One of the codes on paper for somebody who lost the second factor; good once, hashed like a password."""

    user = models.ForeignKey(User, verbose_name="利用者", on_delete=models.CASCADE, related_name="recovery_codes")
    number = models.PositiveSmallIntegerField("番号")
    code_hash = models.CharField("コードのハッシュ値", max_length=128)
    created_at = models.DateTimeField("作成日時")
    used_at = models.DateTimeField("使用日時", null=True, blank=True)

    class Meta:
        verbose_name = "回復コード"
        verbose_name_plural = "回復コード"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "number"],
                name="recovery_code_number_once",
                violation_error_message="同じ番号の回復コードがすでにあります。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.number}"


class AccessChain(models.Model):
    """The head of one chain of the access log; locked while the next entry is appended."""

    chain = models.BigIntegerField("系列", primary_key=True, help_text="機関のID。機関のない記録は0")
    last_number = models.BigIntegerField("最後の番号")
    last_hash = models.BinaryField("最後のハッシュ")
    previous_hash = models.BinaryField("その前のハッシュ", default=b"")
    # With the table's fillfactor of 10 % no two heads share a page: who holds a page keeps the old versions of its
    # rows from being cleared away, and every write walks along them (bench/chain.py).
    padding = models.CharField("1件で1ページにする空き", max_length=400, db_default=" " * 400)

    class Meta:
        verbose_name = "閲覧の記録の系列"
        verbose_name_plural = "閲覧の記録の系列"

    def __str__(self) -> str:
        return f"{self.chain}: {self.last_number}"


class AccessEntry(models.Model):
    """Somebody read something, or came and went: one row per request, written once (security.md A33–A38).

    Written by the database function `ittai_log_access` alone. Carries no content: no search words,
    no health, no money. Entries of one organisation are a chain: `hash` covers the entry, its
    subjects and `previous_hash`.
    """

    id = models.BigAutoField("ID", primary_key=True)
    chain = models.BigIntegerField("系列")
    number = models.BigIntegerField("番号")
    at = models.DateTimeField("日時")
    organisation = models.ForeignKey(
        Organisation, verbose_name="機関", on_delete=models.PROTECT, null=True, related_name="+"
    )
    user = models.ForeignKey(User, verbose_name="利用者", on_delete=models.PROTECT, null=True, related_name="+")
    membership = models.ForeignKey(
        Membership, verbose_name="所属", on_delete=models.PROTECT, null=True, related_name="+"
    )
    role = models.CharField("役割", max_length=32, choices=Role, blank=True)
    request_id = models.UUIDField("要求の番号")
    act = models.CharField("したこと", max_length=20, choices=AccessAct)
    route = models.CharField("画面", max_length=100, blank=True)
    purpose = models.CharField("理由", max_length=200, blank=True)
    result_count = models.IntegerField("人数")
    ip = models.GenericIPAddressField("IPアドレス", null=True)
    previous_hash = models.BinaryField("前のハッシュ")
    hash = models.BinaryField("ハッシュ")

    objects = AccessEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "閲覧の記録"
        verbose_name_plural = "閲覧の記録"
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="access_entry_once")]
        indexes = [
            models.Index(fields=["organisation", "-at", "-id"], name="access_by_organisation"),
            models.Index(fields=["-at", "-id"], condition=Q(act__in=LOGIN_ACTS), name="access_logins"),
        ]

    def __str__(self) -> str:
        return f"{self.chain}-{self.number}"


class AccessSubject(models.Model):
    """A person whom an entry showed, and through which case. No foreign keys: cases stand above accounts."""

    id = models.BigAutoField("ID", primary_key=True)
    entry = models.ForeignKey(AccessEntry, verbose_name="閲覧の記録", on_delete=models.PROTECT, related_name="subjects")
    person_id = models.UUIDField("支援対象者のID")
    case_id = models.UUIDField("ケースのID", null=True)
    at = models.DateTimeField("日時")

    class Meta:
        verbose_name = "閲覧された人"
        verbose_name_plural = "閲覧された人"
        indexes = [models.Index(fields=["person_id", "-at"], name="access_by_person")]

    def __str__(self) -> str:
        return str(self.person_id)


class Draft(UUIDModel):
    """What a user has typed into a form and not yet sent: encrypted, for the user alone, for a few days.

    The id is the key that the open form carries in its field `once`. `version` and (`writer`, `step`) keep
    an old tab, or a late request, from overwriting newer text. Not a record: no history.
    """

    user = models.ForeignKey(User, verbose_name="利用者", on_delete=models.CASCADE, related_name="drafts")
    path = models.CharField("画面", max_length=500)
    query = models.CharField("画面の条件", max_length=500, blank=True)
    body = models.BinaryField("内容(暗号化)")
    version = models.PositiveIntegerField("版", default=1)
    writer = models.UUIDField("書いた画面の番号")
    step = models.PositiveIntegerField("書いた画面での順番")
    updated_at = models.DateTimeField("保存日時")

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = "下書き"
        verbose_name_plural = "下書き"
        indexes = [models.Index(fields=["user", "path"], name="draft_of_form")]

    def __str__(self) -> str:
        return f"{self.path} {self.version}"


class Submission(models.Model):
    """A form that was sent and answered with a redirect: the same post again gets the same answer."""

    user = models.ForeignKey(User, verbose_name="利用者", on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField("送信の鍵")
    digest = models.BinaryField("内容の要約値", max_length=32)
    location = models.TextField("答え(移動先)")
    sent_at = models.DateTimeField("送信日時")

    class Meta:
        verbose_name = "送信済みの印"
        verbose_name_plural = "送信済みの印"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key", "digest"],
                name="submission_once",
                violation_error_message="この内容はすでに送られています。",
            )
        ]
        indexes = [models.Index(fields=["sent_at"], name="submission_age")]

    def __str__(self) -> str:
        return str(self.key)
