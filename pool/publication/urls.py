"""Addresses for everybody."""

from django.urls import path, re_path

from pool.publication import open_views, views

app_name = "publication"

urlpatterns = [
    path("", views.home, name="home"),
    path("strategie/", views.strategy, name="strategy"),
    path("strategie/<slug:slug>/", views.strategy_field, name="strategy_field"),
    path("verfahren/", views.procedure, name="procedure"),
    path("projekte/", views.projects, name="projects"),
    re_path(r"^projekte/bild/(?P<sha256>[0-9a-f]{64})\.webp$", views.picture, name="picture"),
    path("projekte/<slug:slug>/", views.project, name="project"),
    path("offene-daten/", open_views.open_data_page, name="open_data"),
    path("barrierefreiheit/", views.accessibility, name="accessibility"),
    path("datenschutz/", views.privacy, name="privacy"),
    path("impressum/", views.imprint, name="imprint"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
]
