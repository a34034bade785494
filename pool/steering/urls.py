"""Addresses of the Lenkungsgruppe's reading pages."""

from django.urls import path

from pool.steering import overview_views, ranking_views, views

app_name = "steering"
urlpatterns = [
    path("", overview_views.dashboard, name="dashboard"),
    path("rangliste/", views.ranking_page, name="ranking"),
    path("rangliste/was-waere-wenn/", ranking_views.what_if, name="what_if"),
    path("rangliste/bewegung/", ranking_views.movement, name="movement"),
    path("rangliste/<int:pool_number>/", views.place, name="place"),
    path("abdeckung/", overview_views.coverage, name="coverage"),
    path("projekte/", overview_views.projects, name="projects"),
]
