"""Pages for people who read Leichte Sprache or look at sign language; in German alone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pool.publication.views import public


@public
def leichte_sprache(request: HttpRequest) -> HttpResponse:
    return render(request, "publication/leichte_sprache.html")


@public
def gebaerdensprache(request: HttpRequest) -> HttpResponse:
    return render(request, "publication/gebaerdensprache.html")
