"""Addresses for everybody."""

from django.urls import path, re_path

from pool.publication import feed_views, open_views, views

app_name = "publication"

urlpatterns = [
    path("", views.home, name="home"),
    path("strategie/", views.strategy, name="strategy"),
    path("strategie/<slug:slug>/", views.strategy_field, name="strategy_field"),
    path("strategie/<slug:slug>/feed/", feed_views.field_feed, name="field_feed"),
    path("verfahren/", views.procedure, name="procedure"),
    path("projekte/", views.projects, name="projects"),
    re_path(r"^projekte/bild/(?P<sha256>[0-9a-f]{64})\.webp$", views.picture, name="picture"),
    path("projekte/feed/", feed_views.projects_feed, name="projects_feed"),
    path("projekte/<slug:slug>/", views.project, name="project"),
    path("projekte/<slug:slug>/feed/", feed_views.project_feed, name="project_feed"),
    path("offene-daten/", open_views.open_data_page, name="open_data"),
    path("offene-daten/projekte.json", open_views.projects_json, name="projects_json"),
    path("offene-daten/projekte.csv", open_views.projects_csv, name="projects_csv"),
    path("offene-daten/projekte/<slug:slug>.json", open_views.project_json, name="project_json"),
    path("offene-daten/katalog.jsonld", open_views.catalogue_jsonld, name="catalogue"),
    path("offene-daten/openapi.json", open_views.openapi_json, name="openapi"),
    path("sitemap.xml", feed_views.sitemap, name="sitemap"),
    path("robots.txt", feed_views.robots, name="robots"),
    path("barrierefreiheit/", views.accessibility, name="accessibility"),
    path("datenschutz/", views.privacy, name="privacy"),
    path("impressum/", views.imprint, name="imprint"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
]
