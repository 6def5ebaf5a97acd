import core.db
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('agreements', '0001_initial'),
        ('cases', '0002_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        core.db.Together(
            operations=[
                migrations.CreateModel(
                    name='MonthlyReport',
                    fields=[
                        ('id', models.UUIDField(default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name='ID')),
                        ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='agreements.agreement', verbose_name='協定')),
                        ('month', models.DateField(verbose_name='月(1日)')),
                        ('revision', models.PositiveSmallIntegerField(default=1, verbose_name='版')),
                        ('reason', models.CharField(blank=True, max_length=300, verbose_name='訂正の理由')),
                        ('status', models.CharField(choices=[('queued', '受付済み'), ('counting', '集計中'), ('counted', '確認待ち'), ('returned', '差戻し'), ('closed', '確定'), ('failed', '失敗')], default='queued', max_length=20, verbose_name='状態')),
                        ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='作成を求めた人')),
                        ('requested_at', models.DateTimeField(verbose_name='作成を求めた日時')),
                        ('claimed_at', models.DateTimeField(blank=True, null=True, verbose_name='集計を始めた日時')),
                        ('attempt_count', models.PositiveSmallIntegerField(default=0, verbose_name='試行回数')),
                        ('step', models.PositiveSmallIntegerField(default=0, verbose_name='進み具合')),
                        ('plan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.businessplan', verbose_name='事業計画')),
                        ('rules', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.countingrules', verbose_name='計数規則')),
                        ('figures', models.JSONField(blank=True, null=True, verbose_name='数値')),
                        ('counted_at', models.DateTimeField(blank=True, null=True, verbose_name='集計日時')),
                        ('failure', models.CharField(blank=True, max_length=300, verbose_name='失敗の理由')),
                        ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='確定日時')),
                    ],
                    options={
                        'verbose_name': '月次報告',
                        'verbose_name_plural': '月次報告',
                        'constraints': [models.UniqueConstraint(fields=('agreement', 'month', 'revision'), name='report_revision_once'), models.UniqueConstraint(condition=models.Q(('status', 'closed'), _negated=True), fields=('agreement', 'month'), name='report_one_open_per_month', violation_error_message='この月の報告は、まだ確定していない版があります。'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='report_month_is_first_day'), models.CheckConstraint(condition=models.Q(('status__in', ['queued', 'counting', 'counted', 'returned', 'closed', 'failed'])), name='report_status_known'), models.CheckConstraint(condition=models.Q(('revision', 1), models.Q(('reason', ''), _negated=True), _connector='OR'), name='report_revision_has_reason', violation_error_message='訂正版を作る理由を入力してください。'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['counted', 'returned', 'closed']), _negated=True), models.Q(('counted_at__isnull', False), ('figures__isnull', False)), _connector='OR'), name='report_counted_has_figures'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('status', 'closed')), models.Q(models.Q(('status', 'closed'), _negated=True), ('closed_at__isnull', True)), _connector='OR'), name='report_closed_has_time')],
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='report_moves_by_table', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{counted:closed,counted:queued,counted:returned,counting:counted,counting:failed,counting:queued,failed:queued,queued:counting,returned:queued}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='1f252864eb43d216f64d3acb406f41ec754c8ea8', operation='UPDATE', pgid='pgtrigger_report_moves_by_table_4cbdc', table='reports_monthlyreport', when='BEFORE')),
                            pgtrigger.compiler.Trigger(name='closed_report_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."status" = \'closed\')', func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d5c2b1a64fd7bdf1d0bf7ed03a318d6bf089451d', operation='UPDATE OR DELETE', pgid='pgtrigger_closed_report_stays_272c1', table='reports_monthlyreport', when='BEFORE')),
                            pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "reports_monthlyreportevent" ("agreement_id", "attempt_count", "claimed_at", "closed_at", "counted_at", "failure", "id", "month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "reason", "requested_at", "requested_by_id", "revision", "rules_id", "status", "step") VALUES (NEW."agreement_id", NEW."attempt_count", NEW."claimed_at", NEW."closed_at", NEW."counted_at", NEW."failure", NEW."id", NEW."month", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."reason", NEW."requested_at", NEW."requested_by_id", NEW."revision", NEW."rules_id", NEW."status", NEW."step"); RETURN NULL;', hash='327c360953e425ebeb3ae63d58b67c7ece27d0e6', operation='INSERT', pgid='pgtrigger_insert_insert_f4ebe', table='reports_monthlyreport', when='AFTER')),
                            pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."agreement_id" IS DISTINCT FROM (NEW."agreement_id") OR OLD."attempt_count" IS DISTINCT FROM (NEW."attempt_count") OR OLD."claimed_at" IS DISTINCT FROM (NEW."claimed_at") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."counted_at" IS DISTINCT FROM (NEW."counted_at") OR OLD."failure" IS DISTINCT FROM (NEW."failure") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."month" IS DISTINCT FROM (NEW."month") OR OLD."plan_id" IS DISTINCT FROM (NEW."plan_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."requested_at" IS DISTINCT FROM (NEW."requested_at") OR OLD."requested_by_id" IS DISTINCT FROM (NEW."requested_by_id") OR OLD."revision" IS DISTINCT FROM (NEW."revision") OR OLD."rules_id" IS DISTINCT FROM (NEW."rules_id") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."step" IS DISTINCT FROM (NEW."step"))', func='INSERT INTO "reports_monthlyreportevent" ("agreement_id", "attempt_count", "claimed_at", "closed_at", "counted_at", "failure", "id", "month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "reason", "requested_at", "requested_by_id", "revision", "rules_id", "status", "step") VALUES (NEW."agreement_id", NEW."attempt_count", NEW."claimed_at", NEW."closed_at", NEW."counted_at", NEW."failure", NEW."id", NEW."month", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id", NEW."reason", NEW."requested_at", NEW."requested_by_id", NEW."revision", NEW."rules_id", NEW."status", NEW."step"); RETURN NULL;', hash='c219d3fd09a8216ed0992c15a1beac6696a55def', operation='UPDATE', pgid='pgtrigger_update_update_cf5d0', table='reports_monthlyreport', when='AFTER')),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='MonthlyReportEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='reports.monthlyreport')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name='ID')),
                        ('agreement', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.agreement', verbose_name='協定')),
                        ('month', models.DateField(verbose_name='月(1日)')),
                        ('revision', models.PositiveSmallIntegerField(default=1, verbose_name='版')),
                        ('reason', models.CharField(blank=True, max_length=300, verbose_name='訂正の理由')),
                        ('status', models.CharField(choices=[('queued', '受付済み'), ('counting', '集計中'), ('counted', '確認待ち'), ('returned', '差戻し'), ('closed', '確定'), ('failed', '失敗')], default='queued', max_length=20, verbose_name='状態')),
                        ('requested_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='作成を求めた人')),
                        ('requested_at', models.DateTimeField(verbose_name='作成を求めた日時')),
                        ('claimed_at', models.DateTimeField(blank=True, null=True, verbose_name='集計を始めた日時')),
                        ('attempt_count', models.PositiveSmallIntegerField(default=0, verbose_name='試行回数')),
                        ('step', models.PositiveSmallIntegerField(default=0, verbose_name='進み具合')),
                        ('plan', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.businessplan', verbose_name='事業計画')),
                        ('rules', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.countingrules', verbose_name='計数規則')),
                        ('counted_at', models.DateTimeField(blank=True, null=True, verbose_name='集計日時')),
                        ('failure', models.CharField(blank=True, max_length=300, verbose_name='失敗の理由')),
                        ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='確定日時')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='ReportFile',
                    fields=[
                        ('id', models.UUIDField(default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name='ID')),
                        ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='reports.monthlyreport', verbose_name='月次報告')),
                        ('kind', models.CharField(choices=[('pdf', 'PDF'), ('xlsx', 'Excel'), ('csv', 'CSV')], max_length=10, verbose_name='種類')),
                        ('content', models.BinaryField(verbose_name='内容')),
                        ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='作成日時')),
                    ],
                    options={
                        'verbose_name': '報告のファイル',
                        'verbose_name_plural': '報告のファイル',
                        'constraints': [models.UniqueConstraint(fields=('report', 'kind'), name='report_file_once')],
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='files_not_added', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (SELECT 1 FROM reports_monthlyreport r WHERE r.status = 'closed' AND r.id = NEW.report_id) THEN\n        RAISE EXCEPTION 'ittai: a closed report does not change';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    RETURN NEW;\n", hash='95ef1100fa500006a6f8d6e89c16f51c41a81759', operation='INSERT', pgid='pgtrigger_files_not_added_c782c', table='reports_reportfile', when='BEFORE')),
                            pgtrigger.compiler.Trigger(name='files_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (SELECT 1 FROM reports_monthlyreport r WHERE r.status = 'closed' AND r.id = OLD.report_id) THEN\n        RAISE EXCEPTION 'ittai: a closed report does not change';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    RETURN NEW;\n", hash='8daa6dc7d204303cf7b8c1aa4058f64b25467d70', operation='UPDATE OR DELETE', pgid='pgtrigger_files_stay_49608', table='reports_reportfile', when='BEFORE')),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ReportDecision',
                    fields=[
                        ('id', models.UUIDField(default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name='ID')),
                        ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='reports.monthlyreport', verbose_name='月次報告')),
                        ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.party', verbose_name='当事者')),
                        ('verdict', models.CharField(choices=[('confirmed', '確認'), ('returned', '差戻し')], max_length=20, verbose_name='判断')),
                        ('counted_at', models.DateTimeField(verbose_name='対象の集計日時')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='行った人')),
                        ('at', models.DateTimeField(verbose_name='日時')),
                        ('note', models.TextField(blank=True, verbose_name='コメント')),
                    ],
                    options={
                        'verbose_name': '報告の確認',
                        'verbose_name_plural': '報告の確認',
                        'constraints': [models.UniqueConstraint(fields=('report', 'party', 'counted_at'), name='report_decision_once'), models.CheckConstraint(condition=models.Q(('verdict', 'confirmed'), models.Q(('note', ''), _negated=True), _connector='OR'), name='report_return_has_note', violation_error_message='差し戻すときは理由を入力してください。')],
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "reports_reportdecisionevent" ("at", "by_id", "counted_at", "id", "note", "party_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "report_id", "verdict") VALUES (NEW."at", NEW."by_id", NEW."counted_at", NEW."id", NEW."note", NEW."party_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."report_id", NEW."verdict"); RETURN NULL;', hash='cfddef3c59fb6a014518470450121d7ec3962799', operation='INSERT', pgid='pgtrigger_insert_insert_c8e82', table='reports_reportdecision', when='AFTER')),
                            pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "reports_reportdecisionevent" ("at", "by_id", "counted_at", "id", "note", "party_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "report_id", "verdict") VALUES (NEW."at", NEW."by_id", NEW."counted_at", NEW."id", NEW."note", NEW."party_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."report_id", NEW."verdict"); RETURN NULL;', hash='df5e729b3c5b6b94e4187c67c26e0458fbc41bcd', operation='UPDATE', pgid='pgtrigger_update_update_5214a', table='reports_reportdecision', when='AFTER')),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ReportDecisionEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='reports.reportdecision')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name='ID')),
                        ('report', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='reports.monthlyreport', verbose_name='月次報告')),
                        ('party', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.party', verbose_name='当事者')),
                        ('verdict', models.CharField(choices=[('confirmed', '確認'), ('returned', '差戻し')], max_length=20, verbose_name='判断')),
                        ('counted_at', models.DateTimeField(verbose_name='対象の集計日時')),
                        ('by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='行った人')),
                        ('at', models.DateTimeField(verbose_name='日時')),
                        ('note', models.TextField(blank=True, verbose_name='コメント')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='ReportComment',
                    fields=[
                        ('id', models.UUIDField(default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name='ID')),
                        ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='reports.monthlyreport', verbose_name='月次報告')),
                        ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.party', verbose_name='当事者')),
                        ('text', models.TextField(verbose_name='コメント')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='書いた人')),
                        ('at', models.DateTimeField(verbose_name='日時')),
                    ],
                    options={
                        'verbose_name': '報告へのコメント',
                        'verbose_name_plural': '報告へのコメント',
                        'constraints': [models.UniqueConstraint(fields=('report', 'party'), name='report_comment_one_per_party')],
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='comments_not_added', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (SELECT 1 FROM reports_monthlyreport r WHERE r.status = 'closed' AND r.id = NEW.report_id) THEN\n        RAISE EXCEPTION 'ittai: a closed report does not change';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    RETURN NEW;\n", hash='e681faad1efd44af51bea0f06bad81c2afe1a684', operation='INSERT', pgid='pgtrigger_comments_not_added_4821c', table='reports_reportcomment', when='BEFORE')),
                            pgtrigger.compiler.Trigger(name='comments_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (SELECT 1 FROM reports_monthlyreport r WHERE r.status = 'closed' AND r.id = OLD.report_id) THEN\n        RAISE EXCEPTION 'ittai: a closed report does not change';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    RETURN NEW;\n", hash='43034474b25789abd640f5e9ff16bbf7486218f0', operation='UPDATE OR DELETE', pgid='pgtrigger_comments_stay_187bc', table='reports_reportcomment', when='BEFORE')),
                            pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "reports_reportcommentevent" ("at", "by_id", "id", "party_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "report_id", "text") VALUES (NEW."at", NEW."by_id", NEW."id", NEW."party_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."report_id", NEW."text"); RETURN NULL;', hash='05bcec3803b54b6e96c6f922fcb812f5d702178e', operation='INSERT', pgid='pgtrigger_insert_insert_1569e', table='reports_reportcomment', when='AFTER')),
                            pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "reports_reportcommentevent" ("at", "by_id", "id", "party_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "report_id", "text") VALUES (NEW."at", NEW."by_id", NEW."id", NEW."party_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."report_id", NEW."text"); RETURN NULL;', hash='d9788ed7811dd63249b79289b1cbc3f65e45e2c3', operation='UPDATE', pgid='pgtrigger_update_update_e0560', table='reports_reportcomment', when='AFTER')),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ReportCommentEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='reports.reportcomment')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name='ID')),
                        ('report', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='reports.monthlyreport', verbose_name='月次報告')),
                        ('party', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agreements.party', verbose_name='当事者')),
                        ('text', models.TextField(verbose_name='コメント')),
                        ('by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='書いた人')),
                        ('at', models.DateTimeField(verbose_name='日時')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='CountedFact',
                    fields=[
                        ('id', models.UUIDField(default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name='ID')),
                        ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='facts', to='reports.monthlyreport', verbose_name='月次報告')),
                        ('source', models.CharField(choices=[('support_starts', '支援開始'), ('first_placements', '年度内の最初の就職'), ('placements', '就職'), ('introductions', '紹介・応募'), ('interviews', '面談'), ('developed_vacancies', '開拓求人')], max_length=30, verbose_name='出典')),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case', verbose_name='ケース')),
                        ('fact_id', models.UUIDField(verbose_name='記録のID')),
                        ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.targetgroup', verbose_name='対象区分')),
                        ('counted_on', models.DateField(verbose_name='数えた日')),
                    ],
                    options={
                        'verbose_name': '数えた記録',
                        'verbose_name_plural': '数えた記録',
                        'indexes': [models.Index(fields=['case'], name='counted_fact_by_case')],
                        'constraints': [models.UniqueConstraint(fields=('report', 'source', 'fact_id'), name='counted_fact_once')],
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='facts_not_added', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (SELECT 1 FROM reports_monthlyreport r WHERE r.status = 'closed' AND r.id = NEW.report_id) THEN\n        RAISE EXCEPTION 'ittai: a closed report does not change';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    RETURN NEW;\n", hash='b45c8e8bba3f7549324c218f5741f9eebcc2a0c6', operation='INSERT', pgid='pgtrigger_facts_not_added_3590b', table='reports_countedfact', when='BEFORE')),
                            pgtrigger.compiler.Trigger(name='facts_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (SELECT 1 FROM reports_monthlyreport r WHERE r.status = 'closed' AND r.id = OLD.report_id) THEN\n        RAISE EXCEPTION 'ittai: a closed report does not change';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    RETURN NEW;\n", hash='d199cd5d392f3f1aa19ea95c4c75c31ecf569514', operation='UPDATE OR DELETE', pgid='pgtrigger_facts_stay_868f6', table='reports_countedfact', when='BEFORE')),
                        ],
                    },
                ),
            ],
        ),
    ]
