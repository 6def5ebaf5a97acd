# What the rules of config/semgrep/django.yml must find (ruleid) and must let pass (ok). Never run.
# ruff: noqa


def redirects(request, pk):
    # ruleid: sent-value-decides-where-to-go
    return redirect(request.GET["next"])


def redirects_by_a_variable(request):
    target = request.POST.get("next", "/")
    # ruleid: sent-value-decides-where-to-go
    return HttpResponseRedirect(target)


def redirects_safely(request):
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, None):
        target = "/"
    # ok: sent-value-decides-where-to-go
    return redirect(target)


def redirects_by_name(request):
    # ok: sent-value-decides-where-to-go
    return redirect(f"{reverse('case_list')}?{request.GET.urlencode()}")


def writes_back(request):
    word = request.GET.get("q")
    # ruleid: sent-value-becomes-a-page
    return HttpResponse(f"<p>{word}</p>")


def writes_back_marked(request):
    # ruleid: sent-value-becomes-a-page
    return mark_safe(request.POST["body"])


def template_by_name(request):
    # ruleid: sent-value-becomes-a-page
    return render(request, request.GET["page"], {})


def writes_back_escaped(request):
    # ok: sent-value-becomes-a-page
    return render(request, "page.html", {"q": request.GET.get("q")})


def count(request):
    # ok: sent-value-becomes-a-page
    return HttpResponse(int(request.GET["n"]))


def opens(request):
    name = request.FILES["scan"].name
    # ruleid: sent-value-becomes-code-or-a-file
    return open("/srv/" + name)


def column(request, row):
    # ruleid: sent-value-becomes-code-or-a-file
    return getattr(row, request.GET["column"])


def column_of_ours(request, row, field):
    # ok: sent-value-becomes-code-or-a-file
    return getattr(row, field)


def filters(request):
    # ruleid: sent-names-reach-the-orm
    return Case.objects.visible_to(request.actor).filter(**request.GET.dict())


def writes_all(request):
    values = request.POST.dict()
    # ruleid: sent-names-reach-the-orm
    Case.objects.create(**values)


def sorts(request, rows):
    # ruleid: sent-names-reach-the-orm
    return rows.order_by(request.GET["sort"])


def filters_by_value(request, rows):
    # ok: sent-names-reach-the-orm
    return rows.filter(state=request.GET["state"]).order_by("pk")


def asks(request, cursor):
    word = request.GET["q"]
    # ruleid: sent-value-becomes-sql, statement-put-together
    cursor.execute("SELECT * FROM t WHERE name = " + word)


def asks_by_percent(word, cursor):
    # ruleid: statement-put-together
    cursor.execute("SELECT * FROM t WHERE name = '%s'" % word)


def asks_by_f(cursor, table):
    sql = f"SELECT count(*) FROM {table}"
    # ruleid: statement-put-together
    cursor.execute(sql)


def asks_by_parameter(request, cursor):
    # ok: sent-value-becomes-sql
    # ok: statement-put-together
    cursor.execute("SELECT * FROM t WHERE name = %s", [request.GET["q"]])


def logs(request):
    # ruleid: sent-value-in-a-log-line
    logger.info("searched %s", request.POST["q"])


def logs_an_id(request, case):
    # ok: sent-value-in-a-log-line
    logger.info("opened %s", case.pk)


def queues(form):
    # ruleid: words-of-people-in-a-queue
    send_notice.delay(name=form.cleaned_data["name"])


def queues_when_it_is_kept(form):
    # ruleid: words-of-people-in-a-queue
    send_notice.delay_on_commit(name=form.cleaned_data["name"])


def queues_an_id(report):
    # ok: words-of-people-in-a-queue
    count_report.delay(report_id=str(report.pk))
    # ok: words-of-people-in-a-queue
    count_report.delay_on_commit(report_id=str(report.pk))


class EveryColumn(ModelForm):
    class Meta:
        model = Case
        # ruleid: form-of-every-column
        fields = "__all__"


class AllBut(ModelForm):
    class Meta:
        model = Case
        # ruleid: form-of-every-column
        exclude = ["state"]


class Named(ModelForm):
    class Meta:
        model = Case
        # ok: form-of-every-column
        fields = ["name"]


def detail(request, pk):
    # ruleid: record-found-without-asking-who
    return get_object_or_404(Case, pk=pk)


def detail_of_all(request, pk):
    # ruleid: record-found-without-asking-who
    return Case.objects.get(pk=pk)


def detail_of_the_first(request, pk):
    # ruleid: record-found-without-asking-who
    return Case.objects.filter(pk=pk).first()


def detail_of_the_one(request, pk):
    # ruleid: record-found-without-asking-who
    return Case.objects.filter(pk=pk).get()


def detail_visible(request, pk):
    # ok: record-found-without-asking-who
    return get_object_or_404(Case.objects.visible_to(request.actor), pk=pk)


def detail_again(request, case):
    # ok: record-found-without-asking-who
    return Case.objects.get(pk=case.pk)


def detail_below(request, case, number):
    # ok: record-found-without-asking-who
    return SupportPlan.objects.filter(case=case, version_number=number).first()


def detail_visible_first(request, pk):
    # ok: record-found-without-asking-who
    return Case.objects.visible_to(request.actor).filter(pk=pk).first()


# ruleid: protection-switched-off
@csrf_exempt
def unprotected(request): ...


# ok: protection-switched-off
@csrf_protect
def protected(request): ...


# ruleid: personal-page-may-be-kept
@cache_page(60)
def kept(request): ...


def kept_by_header(response):
    # ruleid: personal-page-may-be-kept
    response["Cache-Control"] = "public, max-age=60"
    # ok: personal-page-may-be-kept
    response["Cache-Control"] = "no-store"


def cookies(response):
    # ruleid: cookie-without-its-flags
    response.set_cookie("style", "x")
    # ok: cookie-without-its-flags
    response.set_cookie("style", "x", secure=True, httponly=True, samesite="Lax")


# ruleid: setting-that-weakens
DEBUG = True
# ruleid: setting-that-weakens
SECRET_KEY = "letters"
# ok: setting-that-weakens
DEBUG = False
# ok: setting-that-weakens
SECRET_KEY = env("SECRET_KEY")


def compares(row, sent):
    # ruleid: secret-compared-letter-by-letter
    if row.token == sent:
        return True
    # ok: secret-compared-letter-by-letter
    return constant_time_compare(row.token, sent)


def password(user, form, request):
    # ruleid: password-kept-as-it-is
    user.password = form.cleaned_data["password"]
    # ruleid: password-kept-as-it-is
    user.set_password(request.POST["password"])
    # ok: password-kept-as-it-is
    user.set_password(form.cleaned_data["password"])


def html(name):
    # ruleid: html-put-together
    format_html(f"<b>{name}</b>")
    # ruleid: html-put-together
    mark_safe("<b>" + name)
    # ok: html-put-together
    format_html("<b>{}</b>", name)


def files(path):
    # ruleid: file-served-past-the-walls
    return FileResponse(open(path))


def files_from_the_database(content):
    # ok: file-served-past-the-walls
    return FileResponse(content)


def locks(case):
    # ruleid: lock-keeps-out-who-points-at-the-row
    Case.objects.select_for_update().get(pk=case.pk)
    # ruleid: lock-keeps-out-who-points-at-the-row
    Case.objects.filter(pk=case.pk).select_for_update(of=("self",)).first()
    # ok: lock-keeps-out-who-points-at-the-row
    Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case.pk)
