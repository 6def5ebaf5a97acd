"""The head's rule is asked after the update: a trigger before it locks the row once more, at a price (A40)."""

from django.db import migrations

WHEN = "WHEN (NEW.chain <> OLD.chain OR NEW.last_number <> OLD.last_number + 1)"
HEAD = """
DROP TRIGGER head_goes_forward ON accounts_accesschain;
CREATE TRIGGER head_goes_forward {time} UPDATE ON accounts_accesschain FOR EACH ROW {when}
    EXECUTE FUNCTION ittai_log_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_head_pages")]

    operations = [
        migrations.RunSQL(HEAD.format(time="AFTER", when=WHEN), HEAD.format(time="BEFORE", when=WHEN)),
    ]
