"""A mark in every field and file of sealed bids: found nowhere before the opening, whole after it."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from cmo_lifecycle.audit.models import AuditEntry
from cmo_lifecycle.workflow.models import Attachment, Event
from evaluation.actions import portal, rfps
from evaluation.bidding import Bidder, standing
from evaluation.models import Answer, Opening, Price, Proposal
from tests.evaluation import conftest as stage
from tests.evaluation.conftest import past_deadline, signed
from tests.evaluation.portal.conftest import url

pytestmark = pytest.mark.django_db

WORD = f"zq{secrets.token_hex(8)}"
DIGITS = str(secrets.randbelow(9 * 10**9) + 10**9)
DAY = "2031-11-17"
EVERY_KIND = [
    *stage.QUESTIONS,
    {"code": "B1", "group": "technical", "question": "Where?", "kind": "choice", "choices": "in = Inside | out = Out"},
    {"code": "B2", "group": "technical", "question": "Lots", "kind": "table", "table_columns": "Lot | # Yield"},
    {"code": "B3", "group": "technical", "question": "Ready on", "kind": "date"},
    {"code": "B4", "group": "total_cost", "question": "Rebate", "kind": "number", "unit": "%", "envelope": "commercial"},
]  # fmt: skip


@pytest.fixture
def issued(monkeypatch: Any, request: Any) -> Any:
    """The RFP of the story, with a question of every kind."""
    monkeypatch.setattr(stage, "QUESTIONS", EVERY_KIND)
    return request.getfixturevalue("_issued")


@pytest.fixture
def _issued(strategy: Any, vx12: Any, bidders: Any, people: Any) -> Any:
    return stage.issued.__wrapped__(strategy, vx12, bidders, people)  # type: ignore[attr-defined]


def pdf(mark: str) -> bytes:
    return b"%PDF-1.7\n% " + mark.encode() + b"\n%%EOF\n"


def write(client: Client, proposal: Any) -> None:
    """Put the mark into every field and file, by the pages."""
    technical = {
        "a-A1": f"Line {WORD}", "a-A2": DIGITS, "a-B1": "out", "a-B3": DAY,
        "a-B2-0-0": f"Lot {WORD}", "a-B2-0-1": DIGITS,
    }  # fmt: skip
    assert client.post(url(proposal, "envelopes/technical/"), technical).status_code == 302
    commercial = {"a-A4": f"Terms {WORD}", "a-B4": DIGITS}
    for code in ("L1", "L2"):
        commercial |= {
            f"p-{code}": "1", f"p-{code}-amount": f"{DIGITS}.25", f"p-{code}-currency": "EUR",
            f"p-{code}-quantity": DIGITS, f"p-{code}-assumption": f"If {WORD}",
        }  # fmt: skip
    assert client.post(url(proposal, "envelopes/commercial/"), commercial).status_code == 302
    for where in ({"question": "A3"}, {"envelope": "commercial"}):
        upload = SimpleUploadedFile(f"{WORD}.pdf", pdf(WORD))
        assert client.post(url(proposal, "files/"), {"file": upload, **where}).status_code == 302


def patterns(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every address of the product with the converters of its parts."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one, prefix + str(one.pattern))
        elif isinstance(one, URLPattern):
            yield prefix + str(one.pattern), one.pattern.converters


def addresses(proposal: Any, rfp: Any) -> list[str]:
    """Return every address that takes no more than a key, each with the key that could tell something."""
    found = []
    for text, _ in patterns():
        plain = text.replace("^", "").replace("\\Z", "").replace("$", "").replace("\\", "")
        if plain.startswith(("account", "livez", "readyz")) or "(?P<format>" in plain:
            continue
        for part in ("<uuid:pk>", "<str:pk>", "<pk>", "(?P<pk>[^/.]+)"):
            plain = plain.replace(part, "{key}")
        if "<" in plain or "(" in plain:
            continue
        ours = ("evaluation/", "portal/", "api/v1/", "attachments/")
        if "{key}" in plain and not plain.startswith(ours):
            continue
        found.append(f"/{plain.replace('{key}', str(rfp.pk if 'rfps/' in plain else proposal.pk))}")
    return sorted(set(found))


def hits(text: str) -> bool:
    return WORD in text or DIGITS in text or f"{int(DIGITS):,}" in text


def in_the_database() -> list[str]:
    """Return the tables in which the application's role reads the mark, as text or as bytes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone()[0] == "cmo_app"
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND has_table_privilege(format('%I.%I', schemaname, tablename), 'SELECT')"
        )
        found = []
        for (table,) in cursor.fetchall():
            marks = [form for mark in (WORD, DIGITS) for form in (mark, mark.encode().hex())]
            like = " OR ".join(["row_::text LIKE %s"] * len(marks))
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS row_ WHERE {like}',
                [f"%{mark}%" for mark in marks],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def in_the_cache() -> list[str]:
    client: Any = cache._cache.get_client(None, write=True)  # type: ignore[attr-defined]
    found = []
    for key in client.scan_iter("*"):
        read = {
            b"string": lambda k: client.get(k), b"list": lambda k: client.lrange(k, 0, -1),
            b"hash": lambda k: client.hgetall(k), b"set": lambda k: client.smembers(k),
            b"zset": lambda k: client.zrange(k, 0, -1),
        }[client.type(key)]  # fmt: skip
        if hits(repr(key) + repr(read(key))):
            found.append(repr(key))
    return found


def three_bids(rfp: Any, bidders: Any, by_link: Any) -> tuple[Any, Any, Any]:
    """One hands in, one hands in and withdraws, one only drafts."""
    handed = rfp.proposals.get(cmo=bidders.nordvik.cmo)
    holder = by_link(handed)
    write(holder, handed)
    assert holder.post(url(handed, "submit/"), {"agreed": "1"})["Location"] == url(handed, "receipt/")
    back = rfp.proposals.get(cmo=bidders.castellan.cmo)
    holder = by_link(back)
    write(holder, back)
    holder.post(url(back, "submit/"), {"agreed": "1"})
    holder.post(url(back, "withdraw/"))
    drafted = rfp.proposals.get(cmo=bidders.harrow.cmo)
    write(by_link(drafted), drafted)
    return handed, back, drafted


def kept_anywhere() -> list[str]:
    """Return where the mark lies: tables, cache, sessions, files."""
    found = in_the_database() + in_the_cache()
    found += ["session" for one in Session.objects.all() if hits(json.dumps(one.get_decoded(), default=str))]
    state = Path(settings.STATE_DIR)
    assert any(state.rglob("sealed/*/*"))
    for path in state.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        if hits(path.name) or WORD.encode() in data or DIGITS.encode() in data:
            found.append(str(path))
    return found


def test_no_door_tells_anybody_what_is_sealed(
    issued: Any, bidders: Any, cast: dict[str, Any], by_link: Any, caplog: Any, capfd: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    handed, _, _ = three_bids(issued, bidders, by_link)
    places = addresses(handed, issued)
    assert len(places) > 150 and f"/portal/{handed.pk}/" in places and f"/api/v1/proposals/{handed.pk}/" in places
    looked = 0
    for name, person in cast.items():
        if name == "bob":
            # A second project manager sees no more than the first.
            continue
        client = Client()
        client.force_login(person)
        for place in places:
            response = client.get(place)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            assert not hits(body.decode(errors="replace") + str(response.headers)), (name, place)
            looked += response.status_code == 200
        answer = client.get(f"/search/?q={WORD}", headers={"accept": "application/json"})
        assert answer.json() == {"groups": []}
    assert looked > 300
    assert kept_anywhere() == []
    out, err = capfd.readouterr()
    assert not hits(caplog.text) and not hits(out) and not hits(err)


def test_what_is_sealed_is_kept_nowhere_in_clear_and_opens_whole(
    issued: Any, bidders: Any, people: Any, by_link: Any, caplog: Any, capfd: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    handed, back, drafted = three_bids(issued, bidders, by_link)
    assert kept_anywhere() == []
    out, err = capfd.readouterr()
    assert not hits(caplog.text) and not hits(out) and not hits(err)

    # The same eyes find it at once where it is not sealed.
    rfp = rfps.close(past_deadline(issued), actor=people.alice)
    rfps.open_technical(rfp, **signed(people.alice))
    rfp = rfps.open_technical(rfp, **signed(people.quinn))
    assert "evaluation_answer" in in_the_database()
    assert not Price._base_manager.exists() and not Answer._base_manager.filter(envelope="commercial").exists()
    read_back(handed, "technical", {
        "A1": f"Line {WORD}", "A2": DIGITS, "B1": "out", "B2": {"rows": [[f"Lot {WORD}", DIGITS]]}, "B3": DAY,
    })  # fmt: skip
    for other in (back, drafted):
        assert not Answer._base_manager.filter(proposal=other).exists()
        other.refresh_from_db()
        assert other.state == Proposal.State.NOT_SUBMITTED


def read_back(proposal: Any, kind: str, wanted: dict[str, Any]) -> None:
    found = dict(Answer._base_manager.filter(proposal=proposal, envelope=kind).values_list("question", "value"))
    assert found == wanted
    opened = Opening._base_manager.get(proposal=proposal, kind=kind)
    (file,) = Attachment.objects.of(opened)
    assert file.name == f"{WORD}.pdf"
    with file.file.open("rb") as stored:
        assert stored.read() == pdf(WORD)


def test_prices_open_after_the_lock_and_to_the_last_digit(issued: Any, bidders: Any, people: Any, by_link: Any) -> None:
    from decimal import Decimal

    from evaluation.actions import proposals

    proposal = issued.proposals.get(cmo=bidders.nordvik.cmo)
    holder = by_link(proposal)
    write(holder, proposal)
    holder.post(url(proposal, "submit/"), {"agreed": "1"})
    rfp = rfps.close(past_deadline(issued), actor=people.alice)
    rfps.open_technical(rfp, **signed(people.alice))
    rfp = rfps.open_technical(rfp, **signed(people.quinn))
    proposals.find_compliant(proposal, actor=people.alice, found="Complete")
    marks = {"nordvik": stage.MARKS["nordvik"]}
    stage.hand_in_scores(rfp, bidders, marks)
    rfp = rfps.lock_technical(rfp, actor=people.alice)
    assert not Price._base_manager.exists()
    rfps.open_commercial(rfp, **signed(people.alice))
    rfps.open_commercial(rfp, **signed(people.farid))
    read_back(proposal, "commercial", {"A4": f"Terms {WORD}", "B4": DIGITS})
    for price in Price._base_manager.filter(proposal=proposal):
        assert (price.amount, price.currency, price.quantity, price.assumption) == (
            Decimal(f"{DIGITS}.25"), "EUR", Decimal(DIGITS), f"If {WORD}",
        )  # fmt: skip
    assert Price._base_manager.filter(proposal=proposal).count() == 2
    # The bidder reads on what it handed in.
    assert WORD in holder.get(url(proposal, "own/")).content.decode()


# ---- who takes part


@pytest.fixture
def hidden(vx12: Any, strategy: Any, bidders: Any, people: Any, monkeypatch: Any) -> Any:
    plain = stage.write_rfp
    monkeypatch.setattr(stage, "write_rfp", lambda *args, **fields: plain(*args, hides_participation=True, **fields))
    return stage.issued.__wrapped__(strategy, vx12, bidders, people)  # type: ignore[attr-defined]


def traces() -> list[Any]:
    """Return what the application's role reads of who takes part, but for the envelopes' own ciphertext."""
    return [
        list(Proposal._base_manager.order_by("pk").values()),
        list(Event.objects.order_by("pk").values_list("verb", "record_id", "changes", "record_version")),
        Attachment.objects.count(),
    ]


def trail_of(begin: int) -> list[Any]:
    """Return what the trail says of what happened since: table, step and row, without the moments."""
    rows = AuditEntry.objects.filter(pk__gt=begin).order_by("table_name", "row_id", "pk")
    return [(one.table_name, one.op, one.row_id, sorted(one.old or {}), sorted(one.new or {})) for one in rows]


def last_entry() -> int:
    return AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def test_nothing_tells_how_many_take_part(hidden: Any, bidders: Any, people: Any, cast: dict[str, Any]) -> None:
    proposal, bidder = hidden.proposals.get(cmo=bidders.harrow.cmo), Bidder.by_link(bidders.harrow.contact)
    prices = {code: {"amount": "1", "currency": "EUR"} for code in ("L1", "L2")}
    before = traces()
    portal.seen(proposal)
    portal.save(proposal, bidder, answers={"A1": "x"}, prices=prices)
    begin = last_entry()
    portal.save(proposal, bidder, answers={"A1": "y"})
    a_save = trail_of(begin)
    assert a_save

    def lengths() -> set[int]:
        return {len(row.ciphertext) for row in proposal.envelopes.all()}

    assert len(lengths()) == 1
    for act in (portal.submit, portal.submit, portal.withdraw):
        begin = last_entry()
        act(proposal, bidder)
        # A submission leaves the marks of a save, and no others.
        assert trail_of(begin) == a_save
        assert len(lengths()) == 1
    begin = last_entry()
    portal.decline(proposal, bidder, "No capacity")
    assert trail_of(begin) == a_save and standing(proposal).declined
    portal.reconsider(proposal, bidder)
    assert not standing(proposal).declined
    portal.submit(proposal, bidder)
    assert traces() == before


def test_pages_and_rest_are_the_same_whether_a_bid_came_or_not(
    hidden: Any, bidders: Any, people: Any, cast: dict[str, Any]
) -> None:
    import re

    proposal, bidder = hidden.proposals.get(cmo=bidders.harrow.cmo), Bidder.by_link(bidders.harrow.contact)
    prices = {code: {"amount": "1", "currency": "EUR"} for code in ("L1", "L2")}
    portal.save(proposal, bidder, answers={"A1": "x"}, prices=prices)
    places = [
        place for place in addresses(proposal, hidden)
        if place.startswith(("/evaluation/", "/api/v1/proposals", "/api/v1/rfps", "/api/v1/events"))
    ]  # fmt: skip
    clients = {}
    for name in ("alice", "audra"):
        clients[name] = Client()
        clients[name].force_login(cast[name])

    noise = re.compile(r'csrf[^>]*?value="[^"]*"|"X-CSRFToken": "[^"]*"|[0-9a-f]{32}|\d\d:\d\d(:\d\d)?|nonce="[^"]*"')

    def seen() -> dict[Any, Any]:
        found = {}
        for name, client in clients.items():
            for place in places:
                answer = client.get(place)
                body = b"".join(answer.streaming_content) if answer.streaming else answer.content
                if "html" not in answer.headers.get("Content-Type", "") and "json" not in answer.headers.get(
                    "Content-Type", ""
                ):
                    body = b""
                found[name, place] = (answer.status_code, answer.get("ETag"), noise.sub("", body.decode()))
        return found

    once, before = seen(), seen()
    # A form for something new has a key of its own each time.
    restless = {key for key in before if before[key] != once[key]}
    assert all(place.endswith("/add/") for _, place in restless)
    portal.submit(proposal, bidder)
    after = seen()
    assert [key for key in before if before[key] != after[key] and key not in restless] == []


def test_who_took_part_is_told_at_the_close(hidden: Any, bidders: Any, people: Any) -> None:
    prices = {code: {"amount": "1", "currency": "EUR"} for code in ("L1", "L2")}
    for name in ("harrow", "nordvik"):
        one = getattr(bidders, name)
        proposal, bidder = hidden.proposals.get(cmo=one.cmo), Bidder.by_link(one.contact)
        portal.save(proposal, bidder, answers={"A1": "x"}, prices=prices)
        if name == "harrow":
            receipt = portal.submit(proposal, bidder)
        else:
            portal.decline(proposal, bidder, "No capacity")
    rfp = rfps.close(past_deadline(hidden), actor=people.alice)
    states = dict(rfp.proposals.values_list("cmo__legal_name", "state"))
    assert states[str(bidders.harrow.cmo)] == "submitted" and states[str(bidders.nordvik.cmo)] == "declined"
    assert rfp.proposals.get(cmo=bidders.harrow.cmo).receipt == receipt.sha256
    # Somebody who comes after the close is told at once, and is late.
    late, holder = hidden.proposals.get(cmo=bidders.castellan.cmo), Bidder.by_link(bidders.castellan.contact)
    portal.save(late, holder, answers={"A1": "x"}, prices=prices)
    portal.submit(late, holder)
    late.refresh_from_db()
    assert late.state == "submitted" and late.late == "waiting"
