"""Whether this container's part works: `python deploy/health.py web` or `worker`. Exit code 0 if so."""

import http.client
import os
import socket
import sys


def web() -> bool:
    allowed = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].lstrip(".")
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=5)
    connection.request("GET", "/readyz", headers={"Host": allowed})
    return connection.getresponse().status == 200


def worker() -> bool:
    from cmo_lifecycle.celery import app

    return bool(app.control.ping(destination=[f"celery@{socket.gethostname()}"], timeout=5))


if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())
    sys.exit(0 if {"web": web, "worker": worker}[sys.argv[1]]() else 1)
