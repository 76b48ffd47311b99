"""Whether a new OpenAPI description still keeps what the old one promised to its callers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

METHODS = ("get", "put", "post", "patch", "delete")


def breaking_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return, as sentences, what a caller of `old` loses with `new`; empty where nothing breaks.

    Breaking: an address, a method, a parameter, a returned member or a returned status that is gone; a
    type that changed; a body, parameter or member that is newly demanded; a value that is no longer taken;
    a returned value that did not exist. What is added is no break.
    """
    return [*_Comparison(old, new).all()]


class _Comparison:
    def __init__(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        self.old, self.new = old, new
        self._seen: set[tuple[str, str, bool]] = set()

    def all(self) -> Iterator[str]:
        for path, item in self.old.get("paths", {}).items():
            if path not in self.new.get("paths", {}):
                yield f"{path} is gone."
                continue
            for method in METHODS:
                if method not in item:
                    continue
                if method not in self.new["paths"][path]:
                    yield f"{method.upper()} {path} is gone."
                    continue
                where = f"{method.upper()} {path}"
                yield from self._operation(where, item[method], self.new["paths"][path][method])

    def _operation(self, where: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
        before = {(p["in"], p["name"]): p for p in self._listed(self.old, old.get("parameters", ()))}
        after = {(p["in"], p["name"]): p for p in self._listed(self.new, new.get("parameters", ()))}
        for key, parameter in before.items():
            name = f"{where}, {key[0]} parameter {key[1]}"
            if key not in after:
                yield f"{name} is gone."
            else:
                yield from self._schema(name, parameter.get("schema", {}), after[key].get("schema", {}), sent=True)
                if after[key].get("required") and not parameter.get("required"):
                    yield f"{name} is demanded now."
        for key, parameter in after.items():
            if key not in before and parameter.get("required"):
                yield f"{where}, {key[0]} parameter {key[1]} is new and demanded."
        yield from self._body(where, old.get("requestBody"), new.get("requestBody"))
        for status, answer in old.get("responses", {}).items():
            if status not in new.get("responses", {}):
                yield f"{where} no longer answers {status}."
                continue
            before_answer = self._followed(self.old, answer)
            after_answer = self._followed(self.new, new["responses"][status])
            yield from self._content(f"{where}, answer {status}", before_answer, after_answer, sent=False)

    def _body(self, where: str, old: Any, new: Any) -> Iterator[str]:
        if old is None:
            if new is not None and new.get("required"):
                yield f"{where} demands a body now."
            return
        if new is None:
            yield f"{where} takes no body any more."
            return
        if new.get("required") and not old.get("required"):
            yield f"{where} demands its body now."
        yield from self._content(f"{where}, body", old, new, sent=True)

    def _content(self, where: str, old: Mapping[str, Any], new: Mapping[str, Any], *, sent: bool) -> Iterator[str]:
        for media, content in old.get("content", {}).items():
            if media not in new.get("content", {}):
                yield f"{where} is no longer had as {media}."
            else:
                yield from self._schema(
                    where, content.get("schema", {}), new["content"][media].get("schema", {}), sent=sent
                )

    def _schema(self, where: str, old: Any, new: Any, *, sent: bool) -> Iterator[str]:
        """Compare two schemas of what callers send (`sent`) or get."""
        if "$ref" in old and "$ref" in new:
            pair = (old["$ref"], new["$ref"], sent)
            if pair in self._seen:
                return
            self._seen.add(pair)
            where = old["$ref"].rpartition("/")[2]
        old, new = self._followed(self.old, old), self._followed(self.new, new)
        before, after = _types(old), _types(new)
        if before and after:
            lost, gained = before - after, after - before
            if sent and lost:
                yield f"{where} no longer takes {_and(lost)}."
            if not sent and gained:
                yield f"{where} may be {_and(gained)} now."
            if not sent and lost and not before & after:
                yield f"{where} is no {_and(lost)} any more."
        if "enum" in old or "enum" in new:
            yield from self._values(where, old.get("enum"), new.get("enum"), sent=sent)
        yield from self._members(where, old, new, sent=sent)
        if "items" in old and "items" in new:
            yield from self._schema(f"{where}[]", old["items"], new["items"], sent=sent)
        for word in ("oneOf", "anyOf"):
            for one, other in zip(old.get(word, ()), new.get(word, ()), strict=False):
                yield from self._schema(where, one, other, sent=sent)

    def _values(self, where: str, old: Any, new: Any, *, sent: bool) -> Iterator[str]:
        if sent and new is not None:
            if old is None:
                yield f"{where} takes only some values now."
            else:
                for value in old:
                    if value not in new:
                        yield f"{where} no longer takes {value!r}."
        if not sent and old is not None:
            if new is None:
                yield f"{where} may be any value now."
            else:
                for value in old:
                    if value not in new:
                        yield f"{where} is never {value!r} any more."

    def _members(self, where: str, old: Any, new: Any, *, sent: bool) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name, schema in before.items():
            if name not in after:
                yield f"{where}.{name} is gone."
            else:
                yield from self._schema(f"{where}.{name}", schema, after[name], sent=sent)
        if sent:
            for name in set(new.get("required", ())) - set(old.get("required", ())):
                yield f"{where}.{name} is demanded now."
        else:
            for name in set(old.get("required", ())) - set(new.get("required", ())):
                if name in after:
                    yield f"{where}.{name} may be missing now."

    def _listed(self, document: Mapping[str, Any], parameters: Any) -> list[Any]:
        return [self._followed(document, parameter) for parameter in parameters]

    def _followed(self, document: Mapping[str, Any], part: Any) -> Any:
        while "$ref" in part:
            found: Any = document
            for step in part["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            part = found
        return part


def _types(schema: Mapping[str, Any]) -> set[str]:
    said = schema.get("type", ())
    return {said} if isinstance(said, str) else set(said)


def _and(words: set[str]) -> str:
    return " or ".join(sorted(words))
