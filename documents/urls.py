"""Addresses of the incoming line."""

from django.urls import path

from . import desk_views, format_views, intake_views, part_views, statistics_views, views

app_name = "documents"
urlpatterns = [
    path("", views.register, name="register"),
    path("new/", views.new, name="new"),
    path("from-file/", intake_views.from_file, name="from_file"),
    path("transfer/", intake_views.transfer_many, name="transfer_many"),
    path("<int:pk>/paper-label/", intake_views.paper_label, name="paper_label"),
    path("<int:pk>/paper-label/code/", intake_views.paper_label_code, name="paper_label_code"),
    path("export/", views.export, name="export"),
    path("statistics/", statistics_views.page, name="statistics"),
    path("statistics/export/", statistics_views.export, name="statistics_export"),
    path("labels/", desk_views.label_list, name="labels"),
    path("labels/<int:pk>/", desk_views.label, name="label"),
    path("labels/<int:pk>/merge/", desk_views.label_merge, name="label_merge"),
    path("labels/<int:pk>/remove/", desk_views.label_remove, name="label_remove"),
    path("labelling/", desk_views.label_documents, name="label_documents"),
    path("filters/", desk_views.filter_list, name="filters"),
    path("filters/new/", desk_views.filter_new, name="filter_new"),
    path("filters/<int:pk>/", desk_views.filter_change, name="filter_change"),
    path("filters/<int:pk>/delete/", desk_views.filter_delete, name="filter_delete"),
    path("<int:pk>/labels/", desk_views.document_labels, name="document_labels"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/sheet/", views.sheet, name="sheet"),
    path("<int:pk>/files/<int:attachment>/", views.download, name="download"),
    path(
        "<int:pk>/files/<int:attachment>/format/", format_views.attachment, name="check_attachment"
    ),
    path("readings/<int:pk>/", views.reading, name="reading"),
    path("readings/<int:pk>/<slug:action>/", views.reading_step, name="reading_step"),
    path("<int:pk>/<slug:action>/", views.step, name="step"),
    path("handling/", part_views.ended_parts, name="ended_parts"),
    path("handling/<int:pk>/", part_views.part, name="part"),
    path("handling/<int:pk>/<slug:action>/", views.part_step, name="part_step"),
]
