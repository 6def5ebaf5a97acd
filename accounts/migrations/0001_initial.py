import core.db
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        core.db.Together(
            operations=[
                migrations.CreateModel(
                    name='User',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                        ('username', models.CharField(error_messages={'unique': 'この利用者IDはすでに使われています。別のIDにしてください。'}, max_length=64, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9._-]*$', '利用者IDは半角の英小文字・数字・記号(._-)で入力してください。')], verbose_name='利用者ID')),
                        ('name', models.CharField(max_length=100, verbose_name='氏名')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='メールアドレス')),
                        ('is_active', models.BooleanField(default=True, verbose_name='利用中')),
                        ('date_style', models.CharField(choices=[('era', '和暦(令和8年4月1日)'), ('western', '西暦(2026年4月1日)'), ('both', '併記(令和8年(2026年)4月1日)')], default='era', max_length=10, verbose_name='日付の表示')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='登録日時')),
                        ('has_shortcuts', models.BooleanField(default=True, help_text='/ で検索、? でキーの一覧など。入力欄の外だけで働きます。Ctrl+Enterで送る操作は、外しても使えます。', verbose_name='1文字のショートカットキーを使う')),
                        ('is_moved_on', models.BooleanField(default=False, help_text='日付(5070401、20250401)・時刻(0930)・郵便番号などの数字がそろうと、次の欄へ自動で移ります。続けて打つ方向けです。', verbose_name='桁がそろったら次の欄へ')),
                    ],
                    options={
                        'verbose_name': '利用者',
                        'verbose_name_plural': '利用者',
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_userevent" ("created_at", "date_style", "email", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "username") VALUES (NEW."created_at", NEW."date_style", NEW."email", NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."username"); RETURN NULL;', hash='70a910c9a1caded80b66ff366b93eda830384f60', operation='INSERT', pgid='pgtrigger_insert_insert_3867c', table='accounts_user', when='AFTER')),
                            pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."date_style" IS DISTINCT FROM (NEW."date_style") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."username" IS DISTINCT FROM (NEW."username"))', func='INSERT INTO "accounts_userevent" ("created_at", "date_style", "email", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "username") VALUES (NEW."created_at", NEW."date_style", NEW."email", NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."username"); RETURN NULL;', hash='ce28103fd4e9b331905931c0526b6cb900347533', operation='UPDATE', pgid='pgtrigger_update_update_0e890', table='accounts_user', when='AFTER')),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='UserEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to=settings.AUTH_USER_MODEL)),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('username', models.CharField(error_messages={'unique': 'この利用者IDはすでに使われています。別のIDにしてください。'}, max_length=64, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9._-]*$', '利用者IDは半角の英小文字・数字・記号(._-)で入力してください。')], verbose_name='利用者ID')),
                        ('name', models.CharField(max_length=100, verbose_name='氏名')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='メールアドレス')),
                        ('is_active', models.BooleanField(default=True, verbose_name='利用中')),
                        ('date_style', models.CharField(choices=[('era', '和暦(令和8年4月1日)'), ('western', '西暦(2026年4月1日)'), ('both', '併記(令和8年(2026年)4月1日)')], default='era', max_length=10, verbose_name='日付の表示')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='登録日時')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Organisation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('municipality', '市区町村'), ('welfare_office', '福祉事務所'), ('consultation_agency', '自立相談支援機関'), ('prefecture', '都道府県'), ('labour_bureau', '労働局'), ('hello_work', 'ハローワーク'), ('partner', '連携機関・関係団体'), ('operator', 'システムの運用担当')], max_length=32, verbose_name='種別')),
                        ('name', models.CharField(max_length=200, verbose_name='名称')),
                        ('short_name', models.CharField(max_length=60, verbose_name='略称')),
                        ('municipality_code', models.CharField(blank=True, max_length=6, validators=[django.core.validators.RegexValidator('^\\d{6}$', '全国地方公共団体コードは半角数字6桁で入力してください。')], verbose_name='全国地方公共団体コード')),
                        ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='accounts.organisation', verbose_name='上位の機関')),
                        ('is_active', models.BooleanField(default=True, verbose_name='利用中')),
                    ],
                    options={
                        'verbose_name': '機関',
                        'verbose_name_plural': '機関',
                        'constraints': [models.UniqueConstraint(condition=models.Q(('municipality_code', ''), _negated=True), fields=('municipality_code',), name='organisation_code_once', violation_error_message='この全国地方公共団体コードの団体はすでに登録されています。'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'municipality'), _negated=True), models.Q(('municipality_code', ''), _negated=True), _connector='OR'), name='municipality_has_code', violation_error_message='市区町村には全国地方公共団体コードを入力してください。'), models.CheckConstraint(condition=models.Q(('parent__isnull', True), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='organisation_not_below_itself', violation_error_message='機関を自分自身の下に置くことはできません。')],
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_organisationevent" ("id", "is_active", "kind", "municipality_code", "name", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "short_name") VALUES (NEW."id", NEW."is_active", NEW."kind", NEW."municipality_code", NEW."name", NEW."parent_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."short_name"); RETURN NULL;', hash='1c217707e94cdc9a89e5d7f9b729b8a7ee444397', operation='INSERT', pgid='pgtrigger_insert_insert_66a5c', table='accounts_organisation', when='AFTER')),
                            pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "accounts_organisationevent" ("id", "is_active", "kind", "municipality_code", "name", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "short_name") VALUES (NEW."id", NEW."is_active", NEW."kind", NEW."municipality_code", NEW."name", NEW."parent_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."short_name"); RETURN NULL;', hash='aaeb790138252d82423f22b6eee9e61839b7e06b', operation='UPDATE', pgid='pgtrigger_update_update_9e5fc', table='accounts_organisation', when='AFTER')),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='OrganisationEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.organisation')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('kind', models.CharField(choices=[('municipality', '市区町村'), ('welfare_office', '福祉事務所'), ('consultation_agency', '自立相談支援機関'), ('prefecture', '都道府県'), ('labour_bureau', '労働局'), ('hello_work', 'ハローワーク'), ('partner', '連携機関・関係団体'), ('operator', 'システムの運用担当')], max_length=32, verbose_name='種別')),
                        ('name', models.CharField(max_length=200, verbose_name='名称')),
                        ('short_name', models.CharField(max_length=60, verbose_name='略称')),
                        ('municipality_code', models.CharField(blank=True, max_length=6, validators=[django.core.validators.RegexValidator('^\\d{6}$', '全国地方公共団体コードは半角数字6桁で入力してください。')], verbose_name='全国地方公共団体コード')),
                        ('parent', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organisation', verbose_name='上位の機関')),
                        ('is_active', models.BooleanField(default=True, verbose_name='利用中')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Membership',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='利用者')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='accounts.organisation', verbose_name='機関')),
                        ('role', models.CharField(choices=[('caseworker', 'ケースワーカー'), ('support_worker', '就労・自立支援員'), ('navigator', '就職支援ナビゲーター'), ('job_developer', '求人開拓・地区担当推進員'), ('interpreter', '通訳'), ('partner_worker', '連携機関の支援員'), ('manager', '管理者(所長・課長・統括)'), ('council', '協議会委員'), ('headquarters', '労働局・都道府県'), ('administrator', 'システム管理者')], max_length=32, verbose_name='役割')),
                        ('title', models.CharField(blank=True, help_text='空欄のときは役割の名前を表示します。', max_length=60, verbose_name='職名')),
                        ('valid_from', models.DateField(verbose_name='開始日')),
                        ('valid_to', models.DateField(blank=True, null=True, verbose_name='終了日')),
                    ],
                    options={
                        'verbose_name': '所属',
                        'verbose_name_plural': '所属',
                        'constraints': [models.UniqueConstraint(fields=('user', 'organisation', 'role', 'valid_from'), name='membership_once', violation_error_message='この利用者は同じ機関に同じ役割ですでに所属しています。'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='membership_period_in_order', violation_error_message='終了日は開始日以降の日にしてください。')],
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_membershipevent" ("id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "title", "user_id", "valid_from", "valid_to") VALUES (NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."role", NEW."title", NEW."user_id", NEW."valid_from", NEW."valid_to"); RETURN NULL;', hash='06865fc421165aef8409c1bc6349818e11c534c0', operation='INSERT', pgid='pgtrigger_insert_insert_fc05a', table='accounts_membership', when='AFTER')),
                            pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "accounts_membershipevent" ("id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "title", "user_id", "valid_from", "valid_to") VALUES (NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."role", NEW."title", NEW."user_id", NEW."valid_from", NEW."valid_to"); RETURN NULL;', hash='853cf8a6995260a75326fbaf49067093f7e57de0', operation='UPDATE', pgid='pgtrigger_update_update_20ab5', table='accounts_membership', when='AFTER')),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='MembershipEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.membership')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='利用者')),
                        ('organisation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organisation', verbose_name='機関')),
                        ('role', models.CharField(choices=[('caseworker', 'ケースワーカー'), ('support_worker', '就労・自立支援員'), ('navigator', '就職支援ナビゲーター'), ('job_developer', '求人開拓・地区担当推進員'), ('interpreter', '通訳'), ('partner_worker', '連携機関の支援員'), ('manager', '管理者(所長・課長・統括)'), ('council', '協議会委員'), ('headquarters', '労働局・都道府県'), ('administrator', 'システム管理者')], max_length=32, verbose_name='役割')),
                        ('title', models.CharField(blank=True, help_text='空欄のときは役割の名前を表示します。', max_length=60, verbose_name='職名')),
                        ('valid_from', models.DateField(verbose_name='開始日')),
                        ('valid_to', models.DateField(blank=True, null=True, verbose_name='終了日')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Invitation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to=settings.AUTH_USER_MODEL, verbose_name='利用者')),
                        ('token_hash', models.CharField(max_length=64, unique=True, verbose_name='リンクのハッシュ値')),
                        ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='発行した人')),
                        ('invited_at', models.DateTimeField(verbose_name='発行日時')),
                        ('expires_at', models.DateTimeField(verbose_name='期限')),
                        ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='使用日時')),
                        ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='取消日時')),
                    ],
                    options={
                        'verbose_name': '招待',
                        'verbose_name_plural': '招待',
                        'constraints': [models.UniqueConstraint(condition=models.Q(('used_at__isnull', True), ('withdrawn_at__isnull', True)), fields=('user',), name='one_open_invitation', violation_error_message='この利用者には、まだ使われていない招待リンクがあります。'), models.CheckConstraint(condition=models.Q(('used_at__isnull', True), ('withdrawn_at__isnull', True), _connector='OR'), name='invitation_used_or_withdrawn', violation_error_message='使われた招待リンクは取り消せません。'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('invited_at'))), name='invitation_expires_later', violation_error_message='招待リンクの期限は発行より後にしてください。')],
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_invitationevent" ("expires_at", "id", "invited_at", "invited_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "used_at", "user_id", "withdrawn_at") VALUES (NEW."expires_at", NEW."id", NEW."invited_at", NEW."invited_by_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."used_at", NEW."user_id", NEW."withdrawn_at"); RETURN NULL;', hash='0a5eea946b245370136880509f45896e0409911f', operation='INSERT', pgid='pgtrigger_insert_insert_8c354', table='accounts_invitation', when='AFTER')),
                            pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."invited_at" IS DISTINCT FROM (NEW."invited_at") OR OLD."invited_by_id" IS DISTINCT FROM (NEW."invited_by_id") OR OLD."used_at" IS DISTINCT FROM (NEW."used_at") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."withdrawn_at" IS DISTINCT FROM (NEW."withdrawn_at"))', func='INSERT INTO "accounts_invitationevent" ("expires_at", "id", "invited_at", "invited_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "used_at", "user_id", "withdrawn_at") VALUES (NEW."expires_at", NEW."id", NEW."invited_at", NEW."invited_by_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."used_at", NEW."user_id", NEW."withdrawn_at"); RETURN NULL;', hash='7c410cc59dfde082a7127a16ddb659cd621ceaf5', operation='UPDATE', pgid='pgtrigger_update_update_4e12d', table='accounts_invitation', when='AFTER')),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='InvitationEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.invitation')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='利用者')),
                        ('invited_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='発行した人')),
                        ('invited_at', models.DateTimeField(verbose_name='発行日時')),
                        ('expires_at', models.DateTimeField(verbose_name='期限')),
                        ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='使用日時')),
                        ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='取消日時')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='RecoveryCode',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL, verbose_name='利用者')),
                        ('number', models.PositiveSmallIntegerField(verbose_name='番号')),
                        ('code_hash', models.CharField(max_length=128, verbose_name='コードのハッシュ値')),
                        ('created_at', models.DateTimeField(verbose_name='作成日時')),
                        ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='使用日時')),
                    ],
                    options={
                        'verbose_name': '回復コード',
                        'verbose_name_plural': '回復コード',
                        'constraints': [models.UniqueConstraint(fields=('user', 'number'), name='recovery_code_number_once', violation_error_message='同じ番号の回復コードがすでにあります。')],
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_recoverycodeevent" ("created_at", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "used_at", "user_id") VALUES (NEW."created_at", NEW."id", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."used_at", NEW."user_id"); RETURN NULL;', hash='d19054ee41c138f0ca4804ed2760c66fec145b1a', operation='INSERT', pgid='pgtrigger_insert_insert_388d3', table='accounts_recoverycode', when='AFTER')),
                            pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."used_at" IS DISTINCT FROM (NEW."used_at") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))', func='INSERT INTO "accounts_recoverycodeevent" ("created_at", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "used_at", "user_id") VALUES (NEW."created_at", NEW."id", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."used_at", NEW."user_id"); RETURN NULL;', hash='8773e8282b3198ab0a05311ad2300715c6602242', operation='UPDATE', pgid='pgtrigger_update_update_a7f32', table='accounts_recoverycode', when='AFTER')),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='RecoveryCodeEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.recoverycode')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='利用者')),
                        ('number', models.PositiveSmallIntegerField(verbose_name='番号')),
                        ('created_at', models.DateTimeField(verbose_name='作成日時')),
                        ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='使用日時')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='AccessChain',
                    fields=[
                        ('chain', models.BigIntegerField(help_text='機関のID。機関のない記録は0', primary_key=True, serialize=False, verbose_name='系列')),
                        ('last_number', models.BigIntegerField(verbose_name='最後の番号')),
                        ('last_hash', models.BinaryField(verbose_name='最後のハッシュ')),
                        ('previous_hash', models.BinaryField(default=b'', verbose_name='その前のハッシュ')),
                        ('padding', models.CharField(db_default='                                                                                                                                                                                                                                                                                                                                                                                                                ', max_length=400, verbose_name='1件で1ページにする空き')),
                    ],
                    options={
                        'verbose_name': '閲覧の記録の系列',
                        'verbose_name_plural': '閲覧の記録の系列',
                    },
                ),
                migrations.CreateModel(
                    name='AccessEntry',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False, verbose_name='ID')),
                        ('chain', models.BigIntegerField(verbose_name='系列')),
                        ('number', models.BigIntegerField(verbose_name='番号')),
                        ('at', models.DateTimeField(verbose_name='日時')),
                        ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation', verbose_name='機関')),
                        ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='利用者')),
                        ('membership', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.membership', verbose_name='所属')),
                        ('role', models.CharField(blank=True, choices=[('caseworker', 'ケースワーカー'), ('support_worker', '就労・自立支援員'), ('navigator', '就職支援ナビゲーター'), ('job_developer', '求人開拓・地区担当推進員'), ('interpreter', '通訳'), ('partner_worker', '連携機関の支援員'), ('manager', '管理者(所長・課長・統括)'), ('council', '協議会委員'), ('headquarters', '労働局・都道府県'), ('administrator', 'システム管理者')], max_length=32, verbose_name='役割')),
                        ('request_id', models.UUIDField(verbose_name='要求の番号')),
                        ('act', models.CharField(choices=[('view', '画面の閲覧'), ('list', '一覧の表示'), ('search', '検索'), ('change', '入力・変更'), ('print', '印刷用の文書'), ('download', 'ファイルの取り出し'), ('task', 'システムの自動処理'), ('login', 'ログイン'), ('logout', 'ログアウト'), ('login_failed', 'ログインの失敗'), ('second_factor', '二要素認証'), ('account', '利用者・機関の登録'), ('emergency_start', '緊急閲覧の開始'), ('emergency_stop', '緊急閲覧の終了')], max_length=20, verbose_name='したこと')),
                        ('route', models.CharField(blank=True, max_length=100, verbose_name='画面')),
                        ('purpose', models.CharField(blank=True, max_length=200, verbose_name='理由')),
                        ('result_count', models.IntegerField(verbose_name='人数')),
                        ('ip', models.GenericIPAddressField(null=True, verbose_name='IPアドレス')),
                        ('previous_hash', models.BinaryField(verbose_name='前のハッシュ')),
                        ('hash', models.BinaryField(verbose_name='ハッシュ')),
                    ],
                    options={
                        'verbose_name': '閲覧の記録',
                        'verbose_name_plural': '閲覧の記録',
                        'indexes': [models.Index(fields=['organisation', '-at', '-id'], name='access_by_organisation'), models.Index(condition=models.Q(('act__in', ('login', 'logout', 'login_failed', 'second_factor', 'account'))), fields=['-at', '-id'], name='access_logins')],
                        'constraints': [models.UniqueConstraint(fields=('chain', 'number'), name='access_entry_once')],
                    },
                ),
                migrations.CreateModel(
                    name='AccessSubject',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False, verbose_name='ID')),
                        ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='subjects', to='accounts.accessentry', verbose_name='閲覧の記録')),
                        ('person_id', models.UUIDField(verbose_name='支援対象者のID')),
                        ('case_id', models.UUIDField(null=True, verbose_name='ケースのID')),
                        ('at', models.DateTimeField(verbose_name='日時')),
                    ],
                    options={
                        'verbose_name': '閲覧された人',
                        'verbose_name_plural': '閲覧された人',
                        'indexes': [models.Index(fields=['person_id', '-at'], name='access_by_person')],
                    },
                ),
                migrations.CreateModel(
                    name='Draft',
                    fields=[
                        ('id', models.UUIDField(default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name='ID')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to=settings.AUTH_USER_MODEL, verbose_name='利用者')),
                        ('path', models.CharField(max_length=500, verbose_name='画面')),
                        ('query', models.CharField(blank=True, max_length=500, verbose_name='画面の条件')),
                        ('body', models.BinaryField(verbose_name='内容(暗号化)')),
                        ('version', models.PositiveIntegerField(default=1, verbose_name='版')),
                        ('writer', models.UUIDField(verbose_name='書いた画面の番号')),
                        ('step', models.PositiveIntegerField(verbose_name='書いた画面での順番')),
                        ('updated_at', models.DateTimeField(verbose_name='保存日時')),
                    ],
                    options={
                        'verbose_name': '下書き',
                        'verbose_name_plural': '下書き',
                        'indexes': [models.Index(fields=['user', 'path'], name='draft_of_form')],
                    },
                ),
                migrations.CreateModel(
                    name='Submission',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='利用者')),
                        ('key', models.UUIDField(verbose_name='送信の鍵')),
                        ('digest', models.BinaryField(max_length=32, verbose_name='内容の要約値')),
                        ('location', models.TextField(verbose_name='答え(移動先)')),
                        ('sent_at', models.DateTimeField(verbose_name='送信日時')),
                    ],
                    options={
                        'verbose_name': '送信済みの印',
                        'verbose_name_plural': '送信済みの印',
                        'indexes': [models.Index(fields=['sent_at'], name='submission_age')],
                        'constraints': [models.UniqueConstraint(fields=('user', 'key', 'digest'), name='submission_once', violation_error_message='この内容はすでに送られています。')],
                    },
                ),
            ],
        ),
    ]
