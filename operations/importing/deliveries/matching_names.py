"""What the names in a file mean here: each combination of a CMO, a programme and a site, once."""

from __future__ import annotations

from typing import Any

from cmo_lifecycle.tabular.errors import TableError
from operations.importing import matching, staging
from operations.importing.deliveries.one_pass import Link, Pass
from operations.importing.matching import Hint, quoted

MOST_LINKS = 200_000


def match_names(a_pass: Pass, cursor: Any) -> None:
    """Find for each combination of names what it means, or why it means nothing."""
    cursor.execute(
        "CREATE TEMP TABLE import_link AS SELECT (row_number() OVER (ORDER BY cmo, programme, site))::int AS link,"
        " cmo, programme, site FROM (SELECT DISTINCT cmo, programme, site FROM import_row"
        " WHERE cmo <> '' AND programme <> '') AS names"
    )
    cursor.execute("SELECT count(*) FROM import_link")
    if cursor.fetchone()[0] > MOST_LINKS:
        raise TableError(f"The file names more than {MOST_LINKS:,} combinations of CMO, programme and site.")
    cursor.execute("SELECT link, cmo, programme, site FROM import_link ORDER BY link")
    links = [Link(*row) for row in cursor.fetchall()]
    a_pass.links = {link.number: link for link in links}
    keys = matching.keys_of(name for link in links for name in (link.cmo, link.programme, link.site))
    for link in links:
        link.cmo_key, link.programme_key, link.site_key = (
            keys[link.cmo], keys[link.programme], keys[link.site],
        )  # fmt: skip
    problems: list[tuple[int, str, str]] = []
    _match_cmos(a_pass, links, problems)
    _match_programmes(a_pass, links, problems)
    _match_sites(a_pass, links, problems)
    _match_relationships(a_pass, links, problems)
    cursor.execute("CREATE TEMP TABLE import_match (link int, relationship_id uuid, site_id uuid)")
    store_matches(a_pass, cursor)
    cursor.execute("CREATE TEMP TABLE import_link_problem (link int, col text, message text)")
    staging.copy(cursor, "import_link_problem", ("link", "col", "message"), problems, filled="col")
    cursor.execute(
        "INSERT INTO import_problem (row, col, message, late) SELECT s.row, p.col, p.message, true"
        " FROM import_row s JOIN import_link l USING (cmo, programme, site) JOIN import_link_problem p USING (link)"
    )
    cursor.execute("DROP TABLE import_link_problem")
    cursor.execute("ANALYZE import_link")


def store_matches(a_pass: Pass, cursor: Any) -> None:
    cursor.execute("DELETE FROM import_match")
    rows = ((link.number, link.relationship_id, link.site_id) for link in a_pass.links.values())
    staging.copy(cursor, "import_match", ("link", "relationship_id", "site_id"), rows)
    cursor.execute("ANALYZE import_match")


def _match_cmos(a_pass: Pass, links: list[Link], problems: list[tuple[int, str, str]]) -> None:
    found = matching.cmos({link.cmo_key for link in links}, a_pass.actor)
    lacking = {link.cmo for link in links if link.cmo_key not in found}
    near = matching.near_cmos(sorted(lacking), a_pass.actor)
    column = a_pass.column_of("cmo")
    for link in links:
        known = found.get(link.cmo_key, [])
        if len(known) == 1:
            link.cmo_id = known[0]
        elif known:
            _refuse(
                link,
                problems,
                column,
                f"{quoted(link.cmo)} is an alias of {len(known)} CMOs; write the legal name.",
            )
        elif not a_pass.create_missing:
            hint = Hint(near.get(link.cmo, ()))
            _refuse(link, problems, column, f"There is no CMO called {quoted(link.cmo)}.{hint}")
    _note_names(a_pass, "cmos", [(link.cmo_key, link.cmo, {}) for link in links if link.cmo in lacking], near)


def _match_programmes(a_pass: Pass, links: list[Link], problems: list[tuple[int, str, str]]) -> None:
    found = matching.programmes({link.programme_key for link in links}, a_pass.actor)
    hidden = {key for key, (_, visible) in found.items() if not visible}
    lacking = {link.programme for link in links if link.programme_key not in found or link.programme_key in hidden}
    near = matching.near_programmes(sorted(lacking), a_pass.actor)
    column = a_pass.column_of("programme")
    for link in links:
        known = found.get(link.programme_key)
        if known is not None and known[1]:
            link.programme_id = known[0]
        elif known is not None or not a_pass.create_missing:
            # The same words for one that is hidden and one that is not there: who may not see it learns nothing.
            hint = Hint(near.get(link.programme, ()))
            _refuse(link, problems, column, f"You work on no programme called {quoted(link.programme)}.{hint}")
    told = [
        (link.programme_key, link.programme, {})
        for link in links
        if link.programme in lacking and not (a_pass.create_missing and link.programme_key in hidden)
    ]
    _note_names(a_pass, "programmes", told, near)


def _match_sites(a_pass: Pass, links: list[Link], problems: list[tuple[int, str, str]]) -> None:
    named = [link for link in links if link.site_key]
    found = matching.sites(((link.cmo_id, link.site_key) for link in named if link.cmo_id), a_pass.actor)
    lacking = [link for link in named if link.cmo_id and (link.cmo_id, link.site_key) not in found]
    near = matching.near_sites([(link.cmo_id, link.site) for link in lacking if link.cmo_id])
    column = a_pass.column_of("site")
    told = []
    for link in named:
        known = found.get((link.cmo_id, link.site_key), []) if link.cmo_id else []
        if len(known) == 1:
            link.site_id = known[0]
        elif known:
            _refuse(
                link,
                problems,
                column,
                f"{quoted(link.cmo)} has {len(known)} sites called {quoted(link.site)}; tell them apart first.",
            )
        else:
            like = near.get((link.cmo_id, link.site), []) if link.cmo_id else []
            if not a_pass.create_missing and link.cmo_id:
                _refuse(
                    link,
                    problems,
                    column,
                    f"{quoted(link.cmo)} has no site called {quoted(link.site)}.{Hint(like)}",
                )
            told.append((f"{link.cmo_key}\n{link.site_key}", link.site, {"cmo": link.cmo, "near": like}))
    _note_names(a_pass, "sites", told, {})


def _match_relationships(a_pass: Pass, links: list[Link], problems: list[tuple[int, str, str]]) -> None:
    both = [link for link in links if link.cmo_id and link.programme_id]
    found = matching.relationships(((link.cmo_id, link.programme_id) for link in both), a_pass.actor)  # type: ignore[misc]
    told = []
    for link in links:
        known = found.get((link.cmo_id, link.programme_id)) if link.cmo_id and link.programme_id else None
        if known is not None and known[1]:
            link.relationship_id = known[0]
            continue
        if known is not None or (not a_pass.create_missing and link.cmo_id and link.programme_id):
            _refuse(
                link,
                problems,
                a_pass.column_of("cmo") or a_pass.column_of("programme"),
                f"You see no relationship of {quoted(link.cmo)} in the programme {quoted(link.programme)}.",
            )
        if known is None:
            told.append(
                (
                    f"{link.cmo_key}\n{link.programme_key}",
                    f"{link.cmo} · {link.programme}",
                    {"cmo": link.cmo, "programme": link.programme},
                )
            )
    _note_names(a_pass, "relationships", told, {})


def _note_names(
    a_pass: Pass, noun: str, names: list[tuple[str, str, dict[str, Any]]], near: dict[str, list[str]]
) -> None:
    """Keep names that nothing is called, each once; their lines are counted when the rows are sorted."""
    found: dict[str, dict[str, Any]] = {}
    for key, name, more in names:
        found.setdefault(key, {"key": key, "name": name, "lines": 0, "near": near.get(name, []), **more})
    a_pass.findings.unmatched[noun] = list(found.values())


def _refuse(link: Link, problems: list[tuple[int, str, str]], column: str, sentence: str) -> None:
    link.is_good = False
    problems.append((link.number, column, sentence))
