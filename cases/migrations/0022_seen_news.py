"""Hidden words tell which address they mean, a review moves the plan's next day, and no reminder without being asked."""

from django.db import migrations, models

# Beside the one of 0005, which a server that still runs the code before asks. With `only_numbered` an address
# without a number, as 住所不定 or a city's name, is nobody's whereabouts.
FUNCTION_SQL = """
CREATE FUNCTION ittai_names_hidden(the_case uuid, the_text text, only_numbered boolean) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found record;
    plain text := regexp_replace(normalize(the_text, NFKC), '[\\s　]', '', 'g');
BEGIN
    IF NOT ittai_sees_case(the_case) THEN
        RETURN false;
    END IF;
    FOR found IN
        SELECT regexp_replace(normalize(p.address, NFKC), '[\\s　]', '', 'g') AS address,
               regexp_replace(normalize(p.phone, NFKC), '\\D', '', 'g') AS phone
        FROM cases_case c
        JOIN cases_suppression s ON s.person_id = c.person_id AND s.lifted_at IS NULL
        JOIN cases_personcontact p ON p.person_id = c.person_id
        WHERE c.id = the_case
    LOOP
        IF length(found.address) >= 4 AND position(found.address IN plain) > 0
           -- 三鷹市 and 千葉市 are names; 三丁目, 一の二, 一-二 and a last 三 are numbers.
           AND (NOT only_numbered OR found.address ~ '[0-9]|[〇零一二三四五六七八九十百千]([番号条の-]|丁目|地割|ー|－|−|$)')
        THEN
            RETURN true;
        END IF;
        IF length(found.phone) >= 9
           AND position(found.phone IN regexp_replace(plain, '[-‐‑‒–—―ー−()]', '', 'g')) > 0 THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END
$$;
REVOKE ALL ON FUNCTION ittai_names_hidden(uuid, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ittai_names_hidden(uuid, text, boolean) TO ittai_app;
"""

# A review on the day or after it had silenced the plan for good; the day was left as it stood. Now the day decides.
REVIEWED_SQL = """
UPDATE cases_supportplan p SET review_on = NULL
WHERE EXISTS (SELECT 1 FROM cases_planreview r WHERE r.plan_id = p.id AND r.reviewed_on >= p.review_on)
  AND NOT EXISTS (SELECT 1 FROM cases_supportplan n
                  WHERE n.case_id = p.case_id AND n.version_number > p.version_number);
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0021_plan_made_at")]

    operations = [
        migrations.RunSQL(FUNCTION_SQL, "DROP FUNCTION ittai_names_hidden(uuid, text, boolean)"),
        migrations.RunSQL(REVIEWED_SQL, migrations.RunSQL.noop),
        *(
            migrations.AlterField(
                model_name=name,
                name="offered_instead",
                field=models.TextField(blank=True, verbose_name="代わりの案内"),
            )
            for name in ("supportrequest", "supportrequestevent")
        ),
        migrations.AlterField(
            model_name="noticesetting",
            name="has_reminder",
            field=models.BooleanField(default=False, verbose_name="次の仕事日の予約の件数を受け取る"),
        ),
        migrations.AlterField(
            model_name="noticesettingevent",
            name="has_reminder",
            field=models.BooleanField(default=False, verbose_name="次の仕事日の予約の件数を受け取る"),
        ),
    ]
