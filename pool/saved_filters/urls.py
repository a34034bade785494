from django.urls import path

from pool.saved_filters import views

app_name = "saved_filters"

urlpatterns = [
    path("filter/speichern/<slug:of_list>/", views.save, name="save"),
    path("filter/<int:filter_id>/", views.edit, name="edit"),
]
