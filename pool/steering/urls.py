"""Addresses of the Lenkungsgruppe's reading pages."""

from django.urls import path

from pool.steering import views

app_name = "steering"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("rangliste/", views.ranking_page, name="ranking"),
    path("rangliste/<int:pool_number>/", views.place, name="place"),
    path("projekte/", views.projects, name="projects"),
]
