"""The WSGI entry that the web process serves. Whoever loads it asks for keys as pages do."""

import importlib
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "veilleur.config.settings")
application = get_wsgi_application()
# By name: it imports models, which are loaded by the line above.
importlib.import_module("veilleur.config.wiring").wire_pages()
