"""Addresses of what exists in German alone, whatever language the rest is read in."""

from django.urls import path

from pool.publication import plain_views

app_name = "plain"

urlpatterns = [
    path("leichte-sprache/", plain_views.leichte_sprache, name="leichte_sprache"),
    path("gebaerdensprache/", plain_views.gebaerdensprache, name="gebaerdensprache"),
]
