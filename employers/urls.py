"""URLs of employers."""

from django.urls import path

from employers import views

urlpatterns = [
    path("search/", views.employer_search, name="employer_search"),
    path("new/", views.employer_new, name="employer_new"),
    path("<uuid:pk>/", views.employer_detail, name="employer_detail"),
    path("<uuid:pk>/edit/", views.employer_edit, name="employer_edit"),
    path("<uuid:pk>/vacancies/new/", views.vacancy_new, name="vacancy_new"),
]
