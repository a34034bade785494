from django.urls import path

from pool.casefile import views
from pool.casefile.in_place import pages_in_place

app_name = "casefile"

urlpatterns = [
    path("wer-darf-was/", views.rights, name="rights"),
    path("<uuid:project_id>/", views.detail, name="detail"),
    path("<uuid:project_id>/zurueckziehen/", views.withdraw, name="withdraw"),
    path("<uuid:project_id>/beginnen/", views.start, name="start"),
    path("<uuid:project_id>/abschluss-vorschlagen/", views.propose_completion, name="propose_completion"),
    path("<uuid:project_id>/mitautor/", views.co_author, name="co_author"),
    path("<uuid:project_id>/mitautor/beenden/", views.end_co_author, name="end_co_author"),
    path("<uuid:project_id>/uebergeben/", views.hand_over, name="hand_over"),
    path("<uuid:project_id>/einreichende-person/", views.name_submitter, name="name_submitter"),
    path("<uuid:project_id>/neu-daraus/", views.begin_again, name="begin_again"),
    *pages_in_place(),
]
