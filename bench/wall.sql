-- A country of invented people, set by set. Run by the superuser without triggers and without indexes
-- on the keys; People with one case each, offices from 250 to 66,000 cases at a million.
SET session_replication_role = replica;
SET synchronous_commit = off;
SET maintenance_work_mem = '512MB';

INSERT INTO accounts_organisation (id, kind, name, short_name, municipality_code, is_active)
SELECT id, CASE WHEN id > 9000 THEN 'hello_work' ELSE 'welfare_office' END, '機関' || id, '機関' || id, '', true
FROM (SELECT DISTINCT id FROM bench_office UNION SELECT DISTINCT hello_work FROM bench_office) AS o (id);

INSERT INTO accounts_user (id, password, username, name, email, is_active, date_style, has_shortcuts, is_moved_on, created_at)
VALUES (1, '!', 'bench', '測定用', '', true, 'era', true, true, now());
INSERT INTO accounts_membership (id, role, title, valid_from, user_id, organisation_id)
SELECT 1, 'caseworker', '', '2000-01-01', 1, id FROM bench_office ORDER BY cases DESC LIMIT 1;
INSERT INTO agreements_agreement (id, version, code, name, purpose, valid_from, has_mutual_request_clause, support_months,
    publish_minimum)
VALUES (1, 1, 'bench', '測定用協定', '', '2000-01-01', false, 6, 3);

CREATE UNLOGGED TABLE bench_case AS
SELECT n, o.id AS organisation_id, o.hello_work, n - o.first_case + 1 AS running,
       ('00000000-0001-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS person_id,
       ('00000000-0002-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS case_id,
       1 + (hashint4(n) & 2147483647) % (SELECT count(*) FROM bench_name)::int AS name_id,
       date '1950-01-01' + (hashint4(n + 7) & 2147483647) % 20000 AS birth_on,
       '090' || lpad(((hashint4(n + 13) & 2147483647) % 100000000)::text, 8, '0') AS phone,
       date '2018-04-01' + (hashint4(n + 23) & 2147483647) % 3000 AS opened_on,
       timestamptz '2018-04-01' + ((hashint4(n + 29) & 2147483647) % 270000000) * interval '1 second' AS touched_at
FROM bench_office o CROSS JOIN LATERAL generate_series(o.first_case, o.first_case + o.cases - 1) AS n;
ANALYZE bench_case;

INSERT INTO cases_person (id, version, name, name_kana, birth_on, birth_part, is_birth_estimated, birth_note, sex, language,
    needs_interpreter, created_at, organisation_id)
SELECT person_id, 1, m.name, m.name_kana, birth_on, '', false, '', 'unanswered', '', false, opened_on, organisation_id
FROM bench_case JOIN bench_name m ON m.id = name_id;

INSERT INTO cases_personcontact (person_id, version, postal_code, address, phone, email, contact_note, school, route, family)
SELECT person_id, 1, '700-0000', '架空町1-1-' || n, phone, '', '', '', '', '' FROM bench_case;

INSERT INTO cases_case (id, version, number, state, opened_on, intake_note, close_reason, close_note, closed_on,
    created_at, agreement_id, created_by_id, organisation_id, person_id)
SELECT case_id, 1, 'R' || lpad((1 + running % 8)::text, 2, '0') || '-' || lpad((running / 8 + 1)::text, 4, '0'),
    CASE WHEN n % 3 = 0 THEN 'intake' ELSE 'closed' END, opened_on, '測定のための相談。',
    CASE WHEN n % 3 = 0 THEN '' ELSE 'other' END, '', CASE WHEN n % 3 = 0 THEN NULL ELSE opened_on + 100 END,
    opened_on, 1, 1, organisation_id, person_id
FROM bench_case;

INSERT INTO cases_grant (id, purpose, legal_basis, valid_from, created_at, withdrawal_reason, touched_at, case_id,
    given_by_id, organisation_id, includes_health, includes_finance, includes_family)
SELECT gen_random_uuid(), 'holder', 'own_duty', opened_on, opened_on, '', touched_at, case_id, 1, organisation_id,
    true, true, true
FROM bench_case
UNION ALL
SELECT gen_random_uuid(), 'support_request', 'statute', opened_on, opened_on, '', touched_at, case_id, 1, hello_work,
    false, false, false
FROM bench_case WHERE n % 10 < 3;

INSERT INTO cases_benefitperiod (id, status, is_primary, starts_on, case_id)
SELECT gen_random_uuid(), 'livelihood_protection', true, opened_on, case_id FROM bench_case;

INSERT INTO cases_interview (id, version, held_at, method, has_person, has_municipality, has_hello_work, has_interpreter,
    other_participants, body, homework, visibility, field_group, created_at, case_id, organisation_id, written_by_id)
SELECT gen_random_uuid(), 1, touched_at - i * interval '9 days', 'visit', true, true, false, false, '',
    '測定のための面談の記録。', '', 'shared', '', touched_at, case_id, organisation_id, 1
FROM bench_case CROSS JOIN generate_series(1, 1) AS i;

INSERT INTO cases_searchkey (id, kind, key, case_id, organisation_id)
SELECT gen_random_uuid(), k.kind, k.key, c.case_id, g.organisation_id
FROM bench_case c
JOIN bench_name m ON m.id = c.name_id
CROSS JOIN LATERAL (
    SELECT c.organisation_id UNION ALL SELECT c.hello_work WHERE c.n % 10 < 3
) AS g (organisation_id)
CROSS JOIN LATERAL (VALUES
    ('kana', m.kana_key), ('kana', m.kana_turned), ('name', m.name_key), ('name', m.name_turned),
    ('birth', to_char(c.birth_on, 'YYYYMMDD')), ('phone', c.phone), ('phone_end', right(c.phone, 4)),
    ('number', 'R' || lpad((1 + c.running % 8)::text, 2, '0') || '-' || lpad((c.running / 8 + 1)::text, 4, '0')),
    ('sequence', (c.running / 8 + 1)::text)
) AS k (kind, key);
