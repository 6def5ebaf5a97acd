import core.db
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        core.db.Together(
            operations=[
                migrations.CreateModel(
                    name='Employer',
                    fields=[
                        ('id', models.UUIDField(default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版')),
                        ('name', models.CharField(max_length=200, verbose_name='事業所名')),
                        ('name_kana', models.CharField(blank=True, max_length=200, verbose_name='フリガナ')),
                        ('corporate_number', models.CharField(blank=True, max_length=13, validators=[django.core.validators.RegexValidator('^\\d{13}$', '法人番号は数字13桁で入力してください。')], verbose_name='法人番号')),
                        ('industry', models.CharField(blank=True, max_length=100, verbose_name='業種')),
                        ('address', models.CharField(blank=True, max_length=300, verbose_name='所在地')),
                        ('phone', models.CharField(blank=True, max_length=30, verbose_name='電話番号')),
                        ('contact_name', models.CharField(blank=True, max_length=100, verbose_name='担当者')),
                        ('note', models.TextField(blank=True, verbose_name='受け入れについてのメモ')),
                        ('registered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation', verbose_name='登録した機関')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='登録日時')),
                    ],
                    options={
                        'verbose_name': '事業所',
                        'verbose_name_plural': '事業所',
                        'indexes': [models.Index(fields=['name', 'id'], name='employer_by_name'), models.Index(fields=['name_kana', 'id'], name='employer_by_kana')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('corporate_number', ''), _negated=True), fields=('corporate_number', 'name'), name='employer_once', violation_error_message='この法人番号と名前の事業所はすでに登録されています。')],
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "employers_employerevent" ("address", "contact_name", "corporate_number", "created_at", "id", "industry", "name", "name_kana", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "registered_by_id", "version") VALUES (NEW."address", NEW."contact_name", NEW."corporate_number", NEW."created_at", NEW."id", NEW."industry", NEW."name", NEW."name_kana", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."registered_by_id", NEW."version"); RETURN NULL;', hash='928f272ac1206da91595607beea33bfe95eef620', operation='INSERT', pgid='pgtrigger_insert_insert_27d23', table='employers_employer', when='AFTER')),
                            pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "employers_employerevent" ("address", "contact_name", "corporate_number", "created_at", "id", "industry", "name", "name_kana", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "registered_by_id", "version") VALUES (NEW."address", NEW."contact_name", NEW."corporate_number", NEW."created_at", NEW."id", NEW."industry", NEW."name", NEW."name_kana", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."registered_by_id", NEW."version"); RETURN NULL;', hash='d6b64fc5394fd2778f23a9c9ec86ec39040c3ded', operation='UPDATE', pgid='pgtrigger_update_update_b6c1a', table='employers_employer', when='AFTER')),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='EmployerEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='employers.employer')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版')),
                        ('name', models.CharField(max_length=200, verbose_name='事業所名')),
                        ('name_kana', models.CharField(blank=True, max_length=200, verbose_name='フリガナ')),
                        ('corporate_number', models.CharField(blank=True, max_length=13, validators=[django.core.validators.RegexValidator('^\\d{13}$', '法人番号は数字13桁で入力してください。')], verbose_name='法人番号')),
                        ('industry', models.CharField(blank=True, max_length=100, verbose_name='業種')),
                        ('address', models.CharField(blank=True, max_length=300, verbose_name='所在地')),
                        ('phone', models.CharField(blank=True, max_length=30, verbose_name='電話番号')),
                        ('contact_name', models.CharField(blank=True, max_length=100, verbose_name='担当者')),
                        ('note', models.TextField(blank=True, verbose_name='受け入れについてのメモ')),
                        ('registered_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organisation', verbose_name='登録した機関')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='登録日時')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Vacancy',
                    fields=[
                        ('id', models.UUIDField(default=core.db.new_id, editable=False, primary_key=True, serialize=False, verbose_name='ID')),
                        ('employer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vacancies', to='employers.employer', verbose_name='事業所')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation', verbose_name='受け付けた機関')),
                        ('job_title', models.CharField(max_length=100, verbose_name='職種')),
                        ('opening_count', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1, '求人数は1人以上で入力してください。')], verbose_name='求人数(人)')),
                        ('is_developed', models.BooleanField(default=True, verbose_name='求人開拓による')),
                        ('conditions', models.TextField(blank=True, verbose_name='条件')),
                        ('found_on', models.DateField(verbose_name='受付日')),
                        ('closed_on', models.DateField(blank=True, null=True, verbose_name='締切日')),
                        ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登録した人')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='登録日時')),
                    ],
                    options={
                        'verbose_name': '求人',
                        'verbose_name_plural': '求人',
                        'indexes': [models.Index(fields=['organisation', 'found_on'], name='vacancy_by_day')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('opening_count__gte', 1)), name='vacancy_seeks_somebody', violation_error_message='求人数は1人以上で入力してください。'), models.CheckConstraint(condition=models.Q(('closed_on__isnull', True), ('closed_on__gte', models.F('found_on')), _connector='OR'), name='vacancy_period_in_order', violation_error_message='締切日は受付日以降の日にしてください。')],
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "employers_vacancyevent" ("closed_on", "conditions", "created_at", "created_by_id", "employer_id", "found_on", "id", "is_developed", "job_title", "opening_count", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."closed_on", NEW."conditions", NEW."created_at", NEW."created_by_id", NEW."employer_id", NEW."found_on", NEW."id", NEW."is_developed", NEW."job_title", NEW."opening_count", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='9862fea606f9191085690d32da6c3a7db86dc70c', operation='INSERT', pgid='pgtrigger_insert_insert_d93b8', table='employers_vacancy', when='AFTER')),
                            pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "employers_vacancyevent" ("closed_on", "conditions", "created_at", "created_by_id", "employer_id", "found_on", "id", "is_developed", "job_title", "opening_count", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."closed_on", NEW."conditions", NEW."created_at", NEW."created_by_id", NEW."employer_id", NEW."found_on", NEW."id", NEW."is_developed", NEW."job_title", NEW."opening_count", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='0b17c7e64a6b89b413bb2ce256db954fadce8038', operation='UPDATE', pgid='pgtrigger_update_update_f82e4', table='employers_vacancy', when='AFTER')),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='VacancyEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='employers.vacancy')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.UUIDField(default=core.db.new_id, editable=False, serialize=False, verbose_name='ID')),
                        ('employer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='employers.employer', verbose_name='事業所')),
                        ('organisation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organisation', verbose_name='受け付けた機関')),
                        ('job_title', models.CharField(max_length=100, verbose_name='職種')),
                        ('opening_count', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1, '求人数は1人以上で入力してください。')], verbose_name='求人数(人)')),
                        ('is_developed', models.BooleanField(default=True, verbose_name='求人開拓による')),
                        ('conditions', models.TextField(blank=True, verbose_name='条件')),
                        ('found_on', models.DateField(verbose_name='受付日')),
                        ('closed_on', models.DateField(blank=True, null=True, verbose_name='締切日')),
                        ('created_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登録した人')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='登録日時')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
            ],
        ),
    ]
