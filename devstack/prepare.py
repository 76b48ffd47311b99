"""`manage.py prepare`: the migrations as the owner, then the demo as the application, in one interpreter."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from devstack.servers import ROOT


def prepare() -> int:
    """Bring the database to the state of the code; load the demo once where `CMO_DEMO=1`."""
    application = os.environ.get("DATABASE_URL", "")
    owner = os.environ.get("DATABASE_OWNER_URL") or application
    if owner:
        os.environ["DATABASE_URL"] = owner

    import django
    from django.core.management import call_command, get_commands
    from django.db import connection

    django.setup()
    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    connection.close()
    if application:
        os.environ["DATABASE_URL"] = application
        connection.settings_dict.update(django_database(application))
    if os.environ.get("CMO_DEMO") == "1" and "load_demo" in get_commands():
        _load_demo_once()
    _report()
    return 0


def _load_demo_once() -> None:
    from django.core.management import CommandError, call_command
    from django.db import transaction

    # The mark outlives the removal of the demo: what somebody has removed does not come back by itself.
    mark = Path(os.environ["CMO_STATE_DIR"]) / "demo-was-loaded" if os.environ.get("CMO_STATE_DIR") else None
    if mark and mark.exists():
        return
    print("Loading the demo ...", flush=True)
    try:
        with transaction.atomic():
            call_command("load_demo")
    except CommandError as refusal:
        # Somebody's own records are there: they are served, without a demo among them.
        print(refusal, flush=True)
        return
    if mark:
        mark.touch()


def _report() -> None:
    """Leave the sign-ins for the supervisor, which has no Django of its own, and what was loaded for the tests."""
    place = os.environ.get("CMO_PREPARE_REPORT")
    if not place:
        return
    sign_ins: list = []
    password = ""
    if os.environ.get("CMO_DEMO") == "1":
        try:
            from cmo_lifecycle.accounts.cast import DEMO_PASSWORD, DEMO_SIGN_INS
        except ImportError:
            pass
        else:
            sign_ins = [list(map(str, entry)) for entry in DEMO_SIGN_INS]
            password = DEMO_PASSWORD
    loaded = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    sources = [str(Path(file).relative_to(ROOT)) for file in loaded if file and _is_ours(Path(file))]
    Path(place).write_text(json.dumps({"sign_ins": sign_ins, "password": password, "sources": sources}))


def _is_ours(file: Path) -> bool:
    return file.is_relative_to(ROOT) and not file.is_relative_to(ROOT / ".venv")


def django_database(url: str) -> dict[str, str]:
    """The part of Django's database settings that says where and as whom, from `postgres://user:word@host:port/name`.

    A socket's folder is given as `?host=/folder`.
    """
    parts = urlsplit(url)
    sockets = parse_qs(parts.query).get("host", [""])[0]
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": sockets or parts.hostname or "",
        "PORT": str(parts.port or ""),
    }
