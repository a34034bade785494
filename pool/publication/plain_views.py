"""Pages for people who read Leichte Sprache or look at sign language; in German alone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pool.publication.meta import Meta, meta_of
from pool.publication.views import public


@public
def leichte_sprache(request: HttpRequest) -> HttpResponse:
    meta = Meta("Leichte Sprache", "Was mainzDIGITAL ist und wie Sie mitreden, in Leichter Sprache.")
    return render(request, "publication/leichte_sprache.html", {"meta": meta_of(request, meta)})


@public
def gebaerdensprache(request: HttpRequest) -> HttpResponse:
    meta = Meta("Gebärdensprache", "Was es in Deutscher Gebärdensprache gibt und was noch fehlt.")
    return render(request, "publication/gebaerdensprache.html", {"meta": meta_of(request, meta)})
