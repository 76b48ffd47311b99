"""Forks real Celery workers and beats from one process that has loaded everything, so that each starts at once.

Reads `worker` or `beat` from standard input and answers with the pid of a new process. Run by test_clocks.
"""

from __future__ import annotations

import os
import signal
import sys

import django

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmo_lifecycle.settings")
django.setup()

from cmo_lifecycle.celery import app  # noqa: E402

app.loader.import_default_modules()
COMMANDS = {
    "worker": ["worker", "--pool=solo", "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "ERROR"],
    "beat": ["beat", "--max-interval=1", "--pidfile=", "-l", "ERROR"],
}

print("ready", flush=True)
for order in sys.stdin:
    pid = os.fork()
    if pid == 0:
        # Its own group, so that nothing of it is left when the test has killed it.
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        app.start([*COMMANDS[order.strip()]])
        os._exit(0)
    print(pid, flush=True)
