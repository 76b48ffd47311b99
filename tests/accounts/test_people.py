"""Managing people: who may, what is refused and why, what is written down."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection

from cmo_lifecycle.accounts import actions, roles
from cmo_lifecycle.accounts.actions import Refused
from cmo_lifecycle.accounts.models import AccountEvent, User
from cmo_lifecycle.audit.models import AuditEntry
from tests.conftest import make_person

NEW = {
    "name": "Nora Newcomer", "email": "Nora@vantara.example", "job_title": "Buyer", "roles": ["sourcing"],
    "reason": "Joined sourcing",
}  # fmt: skip


@pytest.fixture
def eve(db: None, password_hash: str) -> User:
    """A second administrator."""
    return make_person("eve", ("administrator",), password_hash)


def fresh(person: Any) -> User:
    return User.objects.get(pk=person.pk)


def last(kind: str) -> AccountEvent:
    return AccountEvent.objects.filter(kind=kind).latest("at", "id")


# -- adding ------------------------------------------------------------------------------------------------------


def test_a_person_is_added_without_a_password_and_chooses_one(as_: Any, adam: Any, browser: Any) -> None:
    answer = as_(adam).post("/people/add/", NEW)
    nora = User.objects.get(email="nora@vantara.example")
    assert answer["Location"] == f"/people/{nora.pk}/"
    assert not nora.has_usable_password()
    assert nora.roles == {"sourcing"}
    assert not nora.identity_verified
    message = mail.outbox[0]
    assert message.to == [nora.email]
    assert "Adam Example has made an account for you" in message.body
    link = next(line for line in message.body.splitlines() if "/key/" in line).partition("testserver")[2]
    form = browser.get(link)
    chosen = "nine blue herons on a wire"
    browser.post(form["Location"], {"password1": chosen, "password2": chosen})
    assert browser.sign_in(nora, chosen)["Location"] == "/"
    told = list(AccountEvent.objects.filter(person=nora).order_by("at", "id").values_list("kind", "by__name"))
    assert told[:3] == [("added", "Adam Example"), ("role_granted", "Adam Example"), ("invited", "Adam Example")]


def test_the_trail_names_the_administrator_and_the_event(as_: Any, adam: Any) -> None:
    as_(adam).post("/people/add/", NEW)
    nora = User.objects.get(email="nora@vantara.example")
    entry = AuditEntry.objects.get(table_name="accounts_user", row_id=str(nora.pk), op="I")
    assert (entry.actor, entry.event) == (f"user:{adam.pk}", last("added").pk)
    granted = AuditEntry.objects.filter(table_name="accounts_user_groups", op="I").latest("id")
    assert (granted.actor, granted.event) == (f"user:{adam.pk}", last("role_granted").pk)
    assert last("role_granted").reason == "Joined sourcing"


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"name": ""}, "name", "This field is required."),
        ({"email": "nobody"}, "email", "Enter a valid email address."),
        ({"email": "PRIYA@vantara.example"}, "email", "There is an account with this e-mail address already."),
        ({"roles": ["sourcing", "auditor"]}, "roles", "Auditor excludes any other role: withdraw Sourcing first."),
        ({"roles": ["cmo_contact", "quality"]}, "roles", None),
        ({"roles": ["emperor"]}, "roles", None),
        ({"reason": "  "}, "reason", "This field is required."),
    ],
)
def test_errors_stand_at_their_fields(
    as_: Any, adam: Any, priya: Any, changed: dict[str, Any], field: str, sentence: str | None
) -> None:
    before = User.objects.count()
    answer = as_(adam).post("/people/add/", {**NEW, **changed})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    if sentence:
        assert answer.context["form"].errors[field] == [sentence]
    page = answer.content.decode()
    assert "<title>Error: " in page
    assert f'href="#id_{field}' in page
    assert (User.objects.count(), AccountEvent.objects.count(), len(mail.outbox)) == (before, 0, 0)


def test_a_link_is_sent_again(as_: Any, adam: Any, priya: Any, bob: Any) -> None:
    page = as_(adam)
    assert page.get(f"/people/{priya.pk}/invite/").status_code == 200
    assert not mail.outbox
    page.post(f"/people/{priya.pk}/invite/")
    assert [message.to for message in mail.outbox] == [[priya.email]]
    actions.deactivate(bob, actor=adam, reason="Left")
    answer = page.post(f"/people/{bob.pk}/invite/", follow=True)
    assert "Only an active person can choose a password." in answer.content.decode()
    assert len(mail.outbox) == 1


# -- editing -----------------------------------------------------------------------------------------------------


def edit(page: Any, person: Any, **changed: str) -> Any:
    form = page.get(f"/people/{person.pk}/edit/").context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    return page.post(f"/people/{person.pk}/edit/", {**data, "reason": "Married", **changed})


def test_an_edit_is_written_down_with_old_and_new(as_: Any, adam: Any, priya: Any) -> None:
    assert edit(as_(adam), priya, name="Priya Nair").status_code == 302
    assert fresh(priya).name == "Priya Nair"
    assert last("edited").details == {"changes": {"name": ["Priya Example", "Priya Nair"]}}


def test_an_address_is_never_given_twice(as_: Any, adam: Any, priya: Any, browser: Any) -> None:
    page = as_(adam)
    edit(page, priya, email="priya.nair@vantara.example")
    assert browser.sign_in("priya@vantara.example").status_code == 200
    assert browser.sign_in("priya.nair@vantara.example").status_code == 302
    answer = page.post("/people/add/", {**NEW, "email": "Priya@vantara.example"})
    assert answer.context["form"].errors == {
        "email": ["This address was another person's; sign-in names are never given twice."]
    }
    assert edit(page, priya, email="priya@vantara.example").status_code == 302


def test_the_second_of_two_edits_is_stopped_and_says_who(as_: Any, adam: Any, eve: Any, priya: Any) -> None:
    first, second = as_(adam), as_(eve)
    form = second.get(f"/people/{priya.pk}/edit/").context["form"]
    data = {name: form[name].value() or "" for name in form.fields} | {"reason": "x", "name": "P. Example"}
    edit(first, priya, job_title="Director")
    answer = second.post(f"/people/{priya.pk}/edit/", data)
    assert answer.status_code == 422
    assert "Adam Example changed this account after you opened it." in answer.content.decode()
    assert fresh(priya).name == "Priya Example"
    data["read"] = answer.context["form"]["read"].value()
    assert second.post(f"/people/{priya.pk}/edit/", data).status_code == 302
    assert fresh(priya).name == "P. Example"


# -- roles -------------------------------------------------------------------------------------------------------


def test_roles_are_granted_and_withdrawn_with_a_reason(as_: Any, adam: Any, priya: Any) -> None:
    page = as_(adam)
    page.post(f"/people/{priya.pk}/grant_role/", {"role": "technical", "reason": "Covers for Tom"})
    assert fresh(priya).roles == {"project_manager", "technical"}
    page.post(f"/people/{priya.pk}/withdraw_role/", {"role": "project_manager", "reason": "Moved"})
    assert fresh(priya).roles == {"technical"}
    assert (last("role_withdrawn").reason, last("role_withdrawn").details) == ("Moved", {"role": "project_manager"})
    history = page.get(f"/people/{priya.pk}/").content.decode()
    assert "granted a role: Technical" in history
    assert "Covers for Tom" in history


@pytest.mark.parametrize("role", list(roles.BY_CODE))
def test_nobody_changes_their_own_roles(adam: Any, eve: Any, as_: Any, role: str) -> None:
    with pytest.raises(Refused, match="Nobody changes their own roles"):
        actions.grant_role(adam, role, actor=adam, reason="Handy")
    with pytest.raises(Refused, match="Nobody changes their own roles"):
        actions.withdraw_role(adam, role, actor=adam, reason="Handy")
    page = as_(adam)
    for verb in ("grant_role", "withdraw_role"):
        page.post(f"/people/{adam.pk}/{verb}/", {"role": role, "reason": "Handy"})
    assert fresh(adam).roles == {"administrator"}


@pytest.mark.parametrize("held", ["administrator", "auditor", "cmo_contact"])
@pytest.mark.parametrize("role", list(roles.BY_CODE))
def test_some_roles_stand_alone(adam: Any, password_hash: str, held: str, role: str) -> None:
    person = make_person("solo", (held,), password_hash)
    with pytest.raises(Refused, match=r"excludes any other role|is held already"):
        actions.grant_role(person, role, actor=adam, reason="x")
    other = make_person("other", ("quality",), password_hash)
    with pytest.raises(Refused, match="excludes any other role: withdraw Quality first"):
        actions.grant_role(other, held, actor=adam, reason="x")


def test_roles_that_do_not_exist_or_are_not_held_are_refused(adam: Any, priya: Any) -> None:
    with pytest.raises(Refused, match="There is no such role"):
        actions.grant_role(priya, "emperor", actor=adam, reason="x")
    with pytest.raises(Refused, match="does not hold this role"):
        actions.withdraw_role(priya, "quality", actor=adam, reason="x")
    with pytest.raises(Refused, match="Say why"):
        actions.grant_role(priya, "quality", actor=adam, reason=" ")


def test_a_service_account_is_never_an_administrator(adam: Any) -> None:
    service = actions.add_service_account(actor=adam, name="Loader", purpose="x", reason="x")
    with pytest.raises(Refused, match="A service account cannot be Administrator"):
        actions.grant_role(service, "administrator", actor=adam, reason="x")
    with pytest.raises(Refused, match="There is a service account with this name already") as found:
        actions.add_service_account(actor=adam, name="LOADER", purpose="x", reason="x")
    assert list(found.value.errors) == ["name"]


def acts(person: User, actor: User) -> dict[str, Callable[[], Any]]:
    every: dict[str, Any] = {"actor": actor, "reason": "Because"}
    return {
        "add": lambda: actions.add_person(name="X", email="x@vantara.example", **every),
        "service": lambda: actions.add_service_account(name="X", purpose="x", **every),
        "edit": lambda: actions.edit_person(person, {"name": "X"}, **every),
        "grant": lambda: actions.grant_role(person, "legal", **every),
        "withdraw": lambda: actions.withdraw_role(person, "finance", **every),
        "deactivate": lambda: actions.deactivate(person, **every),
        "reactivate": lambda: actions.reactivate(person, **every),
        "verify": lambda: actions.verify_identity(person, **every),
        "end sessions": lambda: actions.end_sessions(person, **every),
    }


def test_only_an_administrator_does_any_of_it(cast: Any, farid: Any) -> None:
    for name, actor in cast.items():
        if name == "adam":
            continue
        for act in acts(farid, actor).values():
            with pytest.raises(Refused, match="Only an administrator manages people"):
                act()
    assert not AccountEvent.objects.exists()


def test_a_former_administrator_does_nothing_more(adam: Any, eve: Any, farid: Any) -> None:
    stale = fresh(adam)
    assert stale.has_role("administrator")
    actions.withdraw_role(adam, "administrator", actor=eve, reason="Moved")
    with pytest.raises(Refused, match="Only an administrator"):
        actions.grant_role(farid, "legal", actor=stale, reason="x")


# -- the end of an account -----------------------------------------------------------------------------------------


def test_a_deactivated_account_keeps_its_history_and_comes_back(as_: Any, adam: Any, priya: Any) -> None:
    there = as_(priya)
    assert "Home of Priya" in there.get("/").content.decode()
    page = as_(adam)
    page.post(f"/people/{priya.pk}/deactivate/", {"reason": "Left"})
    gone = fresh(priya)
    assert (gone.is_active, gone.deactivated_at is not None, gone.roles) == (False, True, {"project_manager"})
    answer = there.get("/").content.decode()
    assert "Home of nobody" in answer
    with pytest.raises(Refused, match="deactivated already"):
        actions.deactivate(priya, actor=adam, reason="x")
    with pytest.raises(Refused, match="Reactivate it first"):
        actions.grant_role(priya, "quality", actor=adam, reason="x")
    page.post(f"/people/{priya.pk}/reactivate/", {"reason": "Back"})
    assert (fresh(priya).is_active, fresh(priya).deactivated_at) == (True, None)
    assert "Home of nobody" in there.get("/").content.decode()
    with pytest.raises(Refused, match="The account is active"):
        actions.reactivate(priya, actor=adam, reason="x")


def test_the_last_administrator_stays(adam: Any, eve: Any) -> None:
    with pytest.raises(Refused, match="You cannot deactivate yourself"):
        actions.deactivate(adam, actor=adam, reason="x")
    actions.deactivate(eve, actor=adam, reason="x")
    with pytest.raises(Refused, match="You are the last administrator"):
        actions.deactivate(adam, actor=adam, reason="x")
    with pytest.raises(Refused, match="Only an administrator"):
        actions.deactivate(adam, actor=eve, reason="Revenge")
    assert fresh(adam).is_active


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_deactivate_each_other_leave_one(adam: Any, eve: Any) -> None:
    at_once = threading.Barrier(2)
    refused: list[str] = []

    def deactivate(person: User, actor: User) -> None:
        at_once.wait()
        try:
            actions.deactivate(person, actor=actor, reason="Duel")
        except Refused as refusal:
            refused.append(str(refusal))
        finally:
            connection.close()

    duel = [threading.Thread(target=deactivate, args=pair) for pair in ((adam, eve), (eve, adam))]
    for one in duel:
        one.start()
    for one in duel:
        one.join()
    assert refused == ["Only an administrator manages people."]
    assert User.objects.filter(pk__in=[adam.pk, eve.pk], is_active=True).count() == 1


def test_ending_sessions_signs_out_everywhere_and_nobody_else(as_: Any, adam: Any, priya: Any, quinn: Any) -> None:
    for person in (priya, priya, quinn):
        as_(person).get("/")
    assert actions.end_sessions(priya, actor=adam, reason="Lost laptop") == 2
    left = {one.get_decoded()["_auth_user_id"] for one in Session.objects.all()}
    assert left == {str(quinn.pk)}
    assert fresh(priya).is_active


def test_somebody_else_verifies_ones_identity(adam: Any, eve: Any, priya: Any) -> None:
    User.objects.update(identity_verified=False)
    with pytest.raises(Refused, match="Another administrator"):
        actions.verify_identity(adam, actor=adam, reason="It is me")
    actions.verify_identity(priya, actor=adam, reason="Passport seen")
    assert fresh(priya).identity_verified
    assert last("identity_verified").reason == "Passport seen"
    with pytest.raises(Refused, match="verified already"):
        actions.verify_identity(priya, actor=adam, reason="x")


# -- the pages -------------------------------------------------------------------------------------------------------

MANAGED = ("add/", "services/add/", "{pk}/edit/", "{pk}/invite/", "{pk}/grant_role/", "{pk}/deactivate/")


def test_who_reaches_which_page(as_: Any, cast: Any, browser: Any, tom: Any) -> None:
    for name, person in cast.items():
        page = as_(person)
        overseer = 200 if name in ("adam", "audra") else 403
        for path in ("", "access-review/", "access-review.csv"):
            assert page.get(f"/people/{path}").status_code == overseer, (name, path)
        for path in MANAGED:
            there = f"/people/{path.format(pk=tom.pk)}"
            assert page.get(there).status_code == (200 if name == "adam" else 403), (name, path)
    for path in ("", "access-review/", *MANAGED, "{pk}/"):
        answer = browser.get(f"/people/{path.format(pk=tom.pk)}")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/login/?next=/people/")


def test_an_auditor_reads_and_writes_nothing(as_: Any, audra: Any, priya: Any) -> None:
    page = as_(audra)
    shown = page.get(f"/people/{priya.pk}/").content.decode()
    assert "From the audit trail" in shown
    for words in ("Deactivate", "Grant a role", "/edit/", "/invite/"):
        assert words not in shown
    entries = AuditEntry.objects.count()
    for path in MANAGED:
        for data in (NEW, {"reason": "x", "role": "quality", "name": "x"}):
            assert page.post(f"/people/{path.format(pk=priya.pk)}", data).status_code == 403
    assert (AuditEntry.objects.count(), fresh(priya).is_active) == (entries, True)


def test_colleagues_see_the_visiting_card_only(as_: Any, alice: Any, priya: Any, otto: Any, vx12: Any) -> None:
    card = as_(alice).get(f"/people/{priya.pk}/").content.decode()
    assert "Priya Example" in card
    assert "Project manager" in card
    for words in ('id="history"', 'id="sessions"', "VX-12", "Identity"):
        assert words not in card
    assert as_(otto).get(f"/people/{priya.pk}/").status_code == 404
    assert as_(otto).get(f"/people/{otto.pk}/").status_code == 200


def test_the_whole_account_shows_what_hangs_on_it(as_: Any, adam: Any, priya: Any, vx12: Any, settings: Any) -> None:
    browser = type(as_(adam))()
    browser.sign_in(priya, HTTP_USER_AGENT="Netscape Navigator 4")
    settings.ROOT_URLCONF = "tests.accounts.urls_with_programmes"
    page = as_(adam).get(f"/people/{priya.pk}/").content.decode()
    for words in ("VX-12", "Netscape Navigator 4", "Project manager", "signed in", "Identity verified", "Created"):
        assert words in page
    assert page.count("<h1>") == 1


def test_the_list_is_found_by_name_role_kind_and_status(as_: Any, adam: Any, cast: Any) -> None:
    actions.add_service_account(actor=adam, name="Loader", purpose="x", reason="x")
    actions.deactivate(cast["bob"], actor=adam, reason="Left")
    page = as_(adam)

    def names(query: str) -> set[str]:
        return {person.name.split()[0] for person, _ in page.get(f"/people/?{query}").context["rows"]}

    assert names("q=PRIYA") == {"Priya"}
    assert names("q=tom%40") == {"Tom"}
    assert names("role=quality") == {"Quinn", "Mallory"}
    assert names("kind=service&q=load") == {"Loader"}
    assert "Adam" not in names("kind=service")
    assert names("status=inactive") == {"Bob"}
    assert names("role=none&q=load") == {"Loader"}
    assert names("q=zzz") == set()
    assert "Nobody fits these filters." in page.get("/people/?q=zzz").content.decode()
    assert page.get("/people/?role=emperor").status_code == 200
    assert page.get("/people/?page=999").status_code == 200


def test_the_list_costs_the_same_for_many(
    as_: Any, adam: Any, priya: Any, password_hash: str, django_assert_max_num_queries: Any
) -> None:
    page = as_(adam)
    page.get("/people/")
    with django_assert_max_num_queries(16):
        page.get("/people/")
    for number in range(60):
        make_person(f"person{number}", ("quality",), password_hash)
    with django_assert_max_num_queries(16):
        answer = page.get("/people/")
    assert "Page 1 of 2" in answer.content.decode()


def test_names_are_escaped(as_: Any, adam: Any, priya: Any) -> None:
    User.objects.filter(pk=priya.pk).update(name="<script>alert(1)</script>", job_title="<b>x</b>")
    page = as_(adam)
    for path in ("", f"{priya.pk}/", f"{priya.pk}/edit/", f"{priya.pk}/deactivate/", "access-review/"):
        content = page.get(f"/people/{path}").content.decode()
        assert "<script>alert" not in content
        assert "<b>x" not in content


def test_an_act_that_does_not_exist_is_not_found(as_: Any, adam: Any, priya: Any) -> None:
    assert as_(adam).get(f"/people/{priya.pk}/promote/").status_code == 404
    assert as_(adam).get("/people/00000000-0000-0000-0000-000000000000/").status_code == 404
