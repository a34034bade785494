from django.urls import path, register_converter

from pool.exchange import idea_views, meeting_pack_views, views

app_name = "exchange"


class TableForm:
    """The two kinds of file in which a list is taken away."""

    regex = "xlsx|csv"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class PackForm:
    """The two kinds of file in which a meeting pack is taken away."""

    regex = "pdf|xlsx"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(TableForm, "form")
register_converter(PackForm, "pack_form")

urlpatterns = [
    path("ideen/liste.<form:form>", views.mine, name="mine"),
    path("ideen/pool/liste.<form:form>", views.pool, name="pool"),
    path("umsetzung/liste.<form:form>", views.delivered, name="delivered"),
    path("lenkungsgruppe/projekte/liste.<form:form>", views.projects, name="projects"),
    path("lenkungsgruppe/rangliste/liste.<form:form>", views.ranking, name="ranking"),
    path("lenkungsgruppe/beschluesse/liste.<form:form>", views.resolutions, name="resolutions"),
    path("lenkungsgruppe/sitzungen/<int:sitting_id>/mappe/", meeting_pack_views.meeting_pack, name="meeting_pack"),
    path(
        "lenkungsgruppe/sitzungen/<int:sitting_id>/mappe.<pack_form:kind>",
        meeting_pack_views.meeting_pack_file,
        name="meeting_pack_file",
    ),
    path("lenkungsgruppe/sitzungen/<int:sitting_id>/mappe/stand/", meeting_pack_views.make, name="make_pack"),
    path("admin/pool/project/einlesen/", idea_views.import_page, name="import_ideas"),
    path("admin/pool/project/einlesen/vorlage.xlsx", idea_views.template, name="idea_template"),
    path("admin/pool/project/liste.<form:form>", views.desk, name="desk"),
]
