"""Addresses of files: data, feeds, what robots ask for. They are the same whatever language a page is read in."""

from django.urls import path

from pool.publication import feed_views, open_views

app_name = "open_data"

urlpatterns = [
    path("offene-daten/projekte.json", open_views.projects_json, name="projects_json"),
    path("offene-daten/projekte.csv", open_views.projects_csv, name="projects_csv"),
    path("offene-daten/projekte/<slug:slug>.json", open_views.project_json, name="project_json"),
    path("offene-daten/katalog.jsonld", open_views.catalogue_jsonld, name="catalogue"),
    path("offene-daten/openapi.json", open_views.openapi_json, name="openapi"),
    path("projekte/feed/", feed_views.projects_feed, name="projects_feed"),
    path("projekte/<slug:slug>/feed/", feed_views.project_feed, name="project_feed"),
    path("strategie/<slug:slug>/feed/", feed_views.field_feed, name="field_feed"),
    path("sitemap.xml", feed_views.sitemap, name="sitemap"),
    path("robots.txt", feed_views.robots, name="robots"),
]
