"""The clause library: every topic with its text, its fallbacks, and what it is for."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from cmo_lifecycle.doors import pages
from contracts.clauses.shapes import AGREEMENTS, GROUPS, SERVES
from contracts.clauses.topics import LIBRARY_VERSION, TOPICS, Topic, library_digest
from contracts.views.clauses.places import rules_of, topic_url
from strategy.rules.mechanisms import MECHANISMS
from strategy.rules.shapes import TOPICS as PLACES

_ABOUT = {
    "title": "About the clause library",
    "purpose": "Our own standard text for everything a contract with a CMO should settle, with the positions to retreat"
    " to and the point at which we stop. Counsel writes the final clause.",
    "checklist": [
        "Begin with the standard text and fill in what stands in brackets.",
        "Retreat to the first fallback before the second, and for something in exchange.",
        "At the walk-away the deal stops until an executive decides.",
    ],
    "done": ["Every topic of an agreement's kind has been judged, and no serious gap is left."],
}


def _matches(topic: Topic, words: list[str]) -> bool:
    text = " ".join(
        (topic.name, topic.purpose, topic.why, topic.standard, topic.walk_away, *topic.fallbacks, topic.category)
    ).lower()
    return all(word in text for word in words)


def version_words() -> str:
    return f"Version {LIBRARY_VERSION}, fingerprint {library_digest()[:16]}"


class LibraryPage(pages.SignedIn):
    """Every topic, by group."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("q", "").strip()[:100]
        kind = request.GET.get("kind", "")
        kind = kind if kind in AGREEMENTS else ""
        found = [
            one
            for one in TOPICS.values()
            if _matches(one, asked.lower().split()) and (not kind or kind in one.agreements)
        ]
        groups = [
            {
                "label": label,
                "rows": [
                    {"topic": one, "url": topic_url(one.code), "serves": SERVES[one.serves]}
                    for one in found
                    if one.group == code
                ],
            }
            for code, label in GROUPS.items()
        ]
        return self.shown(
            "contracts/clauses/library.html",
            {
                "title": "Clause library",
                "sentence": f"{len(TOPICS)} topics that a contract should settle, each with our text, how far we"
                " retreat, and where we stop.",
                "version": version_words(),
                "digest": library_digest(),
                "groups": [one for one in groups if one["rows"]],
                "count": len(found),
                "asked": asked,
                "kind": kind,
                "kinds": AGREEMENTS.items(),
                "about": _ABOUT,
            },
        )


class TopicPage(pages.SignedIn):
    """One topic, whole."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        topic = TOPICS.get(code)
        if topic is None:
            raise Http404("There is no such topic in the library.")
        return self.shown(
            "contracts/clauses/topic.html",
            {
                "title": topic.name,
                "crumbs": [("Clause library", reverse("contracts:clause_library"))],
                "sentence": topic.purpose,
                "topic": topic,
                "group": GROUPS[topic.group],
                "serves": SERVES[topic.serves],
                "agreements": [AGREEMENTS[one] for one in topic.agreements],
                "mechanisms": [MECHANISMS[one].title for one in topic.consequences if one in MECHANISMS],
                "places": [PLACES[one] for one in topic.strategy_topics if one in PLACES],
                "rules": rules_of(topic),
                "version": version_words(),
                "digest": library_digest(),
                "about": _ABOUT,
            },
        )
