"""Addresses of the line of filing."""

from django.urls import path

from . import views

app_name = "filing"
urlpatterns = [
    path("", views.year, name="year"),
    path("many/", views.file_many, name="many"),
    path("list/", views.item_list, name="list"),
    path("package/", views.package, name="package"),
    path("retention/", views.retention, name="retention"),
    path("new/<slug:line>/<int:pk>/", views.new, name="new"),
    path("<int:pk>/", views.item, name="item"),
    path("<int:pk>/parts/<int:part>/", views.part, name="part"),
    path("<int:pk>/<slug:action>/", views.step, name="step"),
]
