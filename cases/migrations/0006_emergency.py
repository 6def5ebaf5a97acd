"""Where a person must not be found, and break-glass: who reads and writes the decisions, and their functions."""

from importlib import import_module

from django.db import migrations

from core.db import CompositeForeignKey, Restrict, RowSecurity

walls = import_module("cases.migrations.0003_walls")

FUNCTIONS_SQL = f"""
-- 三丁目2番4号, 3－2－4, ３の２の４, 3・2・4 and 3 2 4 are one, 3-2-4, without other spaces and in one width; 二十三番地 is
-- 23. Both sides are folded alike: a name that changes with it (三鷹市, ハローワーク) is still found.
CREATE FUNCTION ittai_fold_address(the_text text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
    plain text := normalize(the_text, NFKC);
BEGIN
    -- Two writings make no number together: 4一人で is a 4.
    plain := regexp_replace(plain, '(?<=[0-9])(?=[〇零一二三四五六七八九十])', ' ', 'g');
    plain := regexp_replace(plain, '([一二三四五六七八九])十(?=[一二三四五六七八九])', '\\1', 'g');
    plain := regexp_replace(plain, '([一二三四五六七八九])十', '\\1〇', 'g');
    plain := regexp_replace(plain, '十(?=[一二三四五六七八九])', '一', 'g');
    plain := translate(replace(plain, '十', '一〇'), '〇零一二三四五六七八九', '00123456789');
    plain := regexp_replace(plain, '(?<=[0-9])\\s+(?=[0-9])', '-', 'g');
    plain := regexp_replace(plain, '\\s', '', 'g');
    plain := regexp_replace(plain, '(丁目|番地の?|番(?!町)|号|[-‐‑‒–—―ー−─━の・、,])+', '-', 'g');
    RETURN regexp_replace(plain, '(?<![0-9])-|-(?![0-9])', '', 'g');
END
$$;

-- What is enough to find the place of a folded address: its town and number, 架空町3-2-4, without city, house and room.
-- As much of the address as is needed for a town of two characters: 市川1-1 alone is also another 川1-1.
CREATE FUNCTION ittai_town_and_number(address text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
    place text := coalesce(
        substring(address FROM '^(.*?[0-9]+(?:-[0-9]+)+)(?!-?[0-9])'),
        substring(address FROM '^(.*?[0-9]+)(?![0-9]|[一-龥々])'),
        address
    );
    short text;
BEGIN
    place := regexp_replace(place, '([0-9]+-[0-9]+-[0-9]+)-[0-9-]+$', '\\1');
    short := substring(place FROM '^.*[市区郡]((?:[0-9-]*[^0-9-]){{2}}.*[0-9].*)$');
    RETURN CASE WHEN length(short) >= 4 THEN short ELSE place END;
END
$$;

-- Whether a text names a hidden address or phone (A30). With `only_numbered`, for texts about nobody in particular, it
-- takes the whole address, and one without a number, as 住所不定 or a city's name, is nobody's whereabouts.
CREATE FUNCTION ittai_names_hidden(the_case uuid, the_text text, only_numbered boolean) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found record;
    place text;
    plain text := ittai_fold_address(the_text);
    digits text := regexp_replace(
        regexp_replace(translate(normalize(the_text, NFKC), '〇零一二三四五六七八九', '00123456789'), '[\\s　]', '', 'g'),
        '(?<=[0-9])[^0-9]{{1,2}}(?=[0-9])', '', 'g');
BEGIN
    IF NOT ittai_sees_case(the_case) THEN
        RETURN false;
    END IF;
    FOR found IN
        SELECT regexp_replace(normalize(p.address, NFKC), '[\\s　]', '', 'g') AS address,
               regexp_replace(ittai_fold_address(p.address), '^〒?[0-9]{{3}}-[0-9]{{4}}(?=[^0-9-])', '') AS folded,
               regexp_replace(regexp_replace(normalize(p.phone, NFKC), '\\D', '', 'g'), '^(0+|81)', '') AS phone
        FROM cases_case c
        JOIN cases_suppression s ON s.person_id = c.person_id AND s.lifted_at IS NULL
        JOIN cases_personcontact p ON p.person_id = c.person_id
        WHERE c.id = the_case
    LOOP
        place := CASE WHEN only_numbered THEN found.folded ELSE ittai_town_and_number(found.folded) END;
        IF length(place) >= 4
           AND plain ~ (regexp_replace(place, '([.*+?^${{}}()|\\[\\]\\\\])', '\\\\\\1', 'g') || '(?![0-9])')
           -- 三鷹市 and 千葉市 are names; 三丁目, 一の二, 一-二 and a last 三 are numbers.
           AND (NOT only_numbered OR found.address ~ '[0-9]|[〇零一二三四五六七八九十百千]([番号条の-]|丁目|地割|ー|－|−|$)')
        THEN
            RETURN true;
        END IF;
        -- With or without +81, and whatever stands between the digits.
        IF length(found.phone) >= 8 AND position(found.phone IN digits) > 0 THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END
$$;

-- Break-glass: find one case by number, or by reading and birthday (or what is known of it), and open it to this
-- user for 30 minutes, also when their organisation was only referred the person.
CREATE FUNCTION ittai_break_glass(
    access_id uuid, grant_id uuid, reader bigint, the_reason text, review_on date,
    holder_id bigint, the_number text, the_kana text, the_birth text
) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    me bigint := ittai_user();
    found uuid;
    found_holder bigint;
    until timestamptz := now() + interval '30 minutes';
BEGIN
    IF me IS NULL OR NOT (reader = ANY (ittai_scope())) THEN
        RAISE EXCEPTION 'ittai: break-glass needs a user and an organisation' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF the_number <> '' THEN
        SELECT c.id, c.organisation_id INTO found, found_holder
        FROM cases_case c WHERE c.number = the_number AND c.organisation_id = holder_id;
    ELSIF the_kana <> '' AND the_birth <> '' THEN
        -- One person only: two people of the same name and birthday are opened by number.
        SELECT c.id, c.organisation_id INTO found, found_holder
        FROM cases_searchkey k
        JOIN cases_searchkey b ON b.case_id = k.case_id AND b.organisation_id = k.organisation_id
        JOIN cases_case c ON c.id = k.case_id AND c.organisation_id = k.organisation_id
        WHERE k.kind = 'kana' AND k.key = the_kana AND b.kind = 'birth' AND b.key IN (the_birth, left(the_birth, 6), left(the_birth, 4))
        ORDER BY (c.state = 'closed'), c.opened_on DESC LIMIT 1;
        IF (SELECT count(DISTINCT c.person_id)
            FROM cases_searchkey k
            JOIN cases_searchkey b ON b.case_id = k.case_id AND b.organisation_id = k.organisation_id
            JOIN cases_case c ON c.id = k.case_id AND c.organisation_id = k.organisation_id
            WHERE k.kind = 'kana' AND k.key = the_kana AND b.kind = 'birth' AND b.key IN (the_birth, left(the_birth, 6), left(the_birth, 4))) > 1 THEN
            found := NULL;
            found_holder := NULL;
        END IF;
    END IF;
    INSERT INTO cases_emergencyaccess
        (id, case_id, holder_id, user_id, organisation_id, reason, started_at, expires_at, review_due_on,
         verdict, review_note)
    VALUES (access_id, found, found_holder, me, reader, the_reason, now(), until, review_on, '', '');
    IF found IS NOT NULL AND NOT EXISTS (SELECT 1 FROM cases_grant g WHERE g.case_id = found AND {walls.LIVE} AND g.purpose <> 'referral') THEN
        INSERT INTO cases_grant
            (id, case_id, organisation_id, purpose, legal_basis, includes_health, includes_finance, includes_family,
             valid_from, user_id, expires_at, given_by_id, created_at, touched_at, withdrawal_reason)
        VALUES (grant_id, found, reader, 'emergency', 'statute', true, true, true,
                (now() AT TIME ZONE 'Asia/Tokyo')::date, me, until, me, now(), now(), '');
    END IF;
    RETURN found;
END
$$;

REVOKE ALL ON FUNCTION ittai_names_hidden(uuid, text, boolean),
    ittai_break_glass(uuid, uuid, bigint, text, date, bigint, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ittai_names_hidden(uuid, text, boolean),
    ittai_break_glass(uuid, uuid, bigint, text, date, bigint, text, text, text) TO ittai_app;
"""
FUNCTIONS_BACK = "DROP FUNCTION ittai_break_glass, ittai_names_hidden, ittai_town_and_number, ittai_fold_address"


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_referrals")]

    operations = [
        migrations.RunSQL(FUNCTIONS_SQL, FUNCTIONS_BACK),
        *walls.both(RowSecurity, "Suppression", walls.THROUGH_PERSON),
        *walls.both(RowSecurity, "Release", walls.THROUGH_PERSON),
        *walls.both(RowSecurity, "EmergencyAccess", walls.EMERGENCY),
        *walls.kept("Suppression", "Release", "EmergencyAccess"),
        Restrict("EmergencyAccess", "INSERT"),
        CompositeForeignKey("Release", ("suppression_id", "person_id"), "cases_suppression", ("id", "person_id")),
    ]
