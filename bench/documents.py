"""The report's PDF against the smallest PDF of the same engine and font; prints a table."""

from __future__ import annotations

import django
import weasyprint
from weasyprint.text.fonts import FontConfiguration

from bench.run import measure

django.setup()

from agreements.models import Agreement  # noqa: E402 - models need a set-up Django
from core.periods import Month, now  # noqa: E402
from reports import documents  # noqa: E402
from reports.counting import count_month  # noqa: E402
from reports.tasks import snapshot  # noqa: E402


def smallest() -> bytes:
    html = '<html lang="ja"><title>一行</title><body style="font-family: BIZ UDPGothic">令和5年12月末 <b>合計</b>'
    pdf: bytes = weasyprint.HTML(string=html).write_pdf(font_config=FontConfiguration(), pdf_variant="pdf/ua-1")
    return pdf


def main() -> None:
    agreement = Agreement.objects.get(code="okayama")
    with snapshot(Agreement.objects.organisation_ids(agreement)):
        figures = count_month(agreement, Month(2023, 12), counted_at=now())
    cover = documents.Cover(revision=1, reason="", is_closed=False, generated_at=now(), generated_by="bench")
    base, base_size = measure(smallest)
    report, report_size = measure(lambda: documents.pdf(figures, cover))
    print("| 文書 | ミリ秒 | kB | 最小のPDFとの比 | 目標 |")
    print("| --- | ---: | ---: | ---: | ---: |")
    print(f"| 最小のPDF | {base * 1000:.0f} | {base_size / 1000:.0f} | 1.0倍 | |")
    print(
        f"| 月次報告(2ページ) | {report * 1000:.0f} | {report_size / 1000:.0f} | {report / base:.1f}倍 | 6倍以下、300ミリ秒以下 |"
    )


if __name__ == "__main__":
    main()
