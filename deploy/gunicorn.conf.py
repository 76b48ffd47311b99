"""How the application is served, by `manage.py up` and in the container alike."""

import os

wsgi_app = "cmo_lifecycle.wsgi"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
preload_app = True
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 120
graceful_timeout = 4
# Its default place is one file per user, which two servers of the same user fight over.
control_socket_disable = True
loglevel = "warning"
