"""Routes of documents."""

from django.urls import path

from veilleur.domains.knowledge.views import (
    bundle,
    changes,
    documents,
    files,
    instructions,
    required,
    runs,
    writing,
)

app_name = "knowledge"
urlpatterns = [
    path("documents/", documents.documents, name="documents"),
    path("documents/search/", documents.search, name="search"),
    path("documents/changes/", changes.changes, name="changes"),
    path("documents/required/", required.required, name="required"),
    path("documents/offline/", bundle.bundle, name="bundle"),
    path("documents/offline/zip/", bundle.packed, name="bundle_file"),
    path("documents/new/", writing.choose_template, name="choose_template"),
    path("documents/new/<str:topic>/", writing.new_document, name="new_document"),
    path("documents/preview/", writing.preview, name="preview"),
    path("documents/<uuid:public_id>/", documents.document, name="document"),
    path("documents/<uuid:public_id>/edit/", writing.edit, name="edit"),
    path("documents/<uuid:public_id>/care/", writing.care, name="care"),
    path("documents/<uuid:public_id>/right/", documents.confirm, name="confirm"),
    path("documents/<uuid:public_id>/retire/", documents.retire, name="retire"),
    path("documents/<uuid:public_id>/versions/", documents.versions, name="versions"),
    path("documents/<uuid:public_id>/versions/<int:number>/", documents.version, name="version"),
    # Also in config/uploads_address.py.
    path("documents/<uuid:public_id>/files/add/", files.attach, name="attach"),
    path("files/<uuid:public_id>/", files.file, name="file"),
    path("files/<uuid:public_id>/remove/", files.remove_file, name="remove_file"),
    path("instructions/", instructions.instructions, name="instructions"),
    path("instructions/<uuid:public_id>/", instructions.instruction, name="instruction"),
    path("documents/<uuid:public_id>/run/", runs.run, name="run"),
    path("runs/<uuid:public_id>/", runs.sheet, name="sheet"),
    path("runs/<uuid:public_id>/steps/<int:number>/", runs.tick, name="tick"),
    path("runs/<uuid:public_id>/notes/", runs.note, name="note"),
    path("runs/<uuid:public_id>/end/", runs.end, name="end"),
]
