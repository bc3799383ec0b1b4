"""`/v1/openapi.json`, made from the table of routes (G1): what it says is what is checked, for both come from
the same types. Generated requests test it (`tests/http/test_openapi.py`).
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, cast

import msgspec

from signalling.http import convert, idempotency
from signalling.http.body import MERGE_PATCH
from signalling.http.callers import Scope
from signalling.http.problem import PROBLEM_TYPE, Problem
from signalling.http.routes import Nothing, Route
from signalling.http.scalars import Id

Document = dict[str, Any]

_REF = "#/components/schemas/{name}"

_DOCUMENT_NAMES: Mapping[str, str] = {
    "AppointmentTypeList": "AppointmentTypes",
    "DisabledHookList": "DisabledHooks",
    "DisabledHookShown": "DisabledHook",
    "HealthShown": "Health",
    "HookList": "Hooks",
    "JoinWindowShown": "signalling.http.shapes.answers.WindowShown",
    "PractitionerList": "Practitioners",
    "SeatElsewhere": "Elsewhere",
    "SetByHand": "ByHand",
    "WeeklyHoursShown": "signalling.http.shapes.booking_answers.WindowShown",
}
"""What a type is called in the document where its class has another name by now: programs are generated from
the document, and theirs must not change with ours."""

_SCHEMES: Document = {
    "operator": {"type": "http", "scheme": "bearer", "description": "CONSULTROOM_ADMIN_KEY."},
    "group": {"type": "http", "scheme": "bearer", "description": "An external database's group key."},
    "key": {"type": "http", "scheme": "bearer", "description": "A clinic's API key."},
    "link": {"type": "http", "scheme": "bearer", "description": "A link's token; its role decides."},
    "hold": {"type": "http", "scheme": "bearer", "description": "A hold's secret."},
}

_WHO: dict[Scope, tuple[str, str]] = {
    "admin": ("operator", "the operator"),
    "group": ("group", "the group key of the database"),
    "key": ("key", "a clinic's API key"),
    "staff": ("link", "a staff link"),
    "practitioner": ("link", "a practitioner's link (their own only)"),
    "patient": ("link", "a patient's link (their own only)"),
    "guest": ("link", "a guest's link (their own only)"),
    "hold": ("hold", "whoever has the hold's secret"),
}

_STORED = {503: "backend_unavailable, contended"}
_BY_LINK: frozenset[Scope] = frozenset({"staff", "practitioner", "patient", "guest"})
_OVER = {401: "window_closed, cancelled, not_confirmed, token_revoked …"}
"""A link's token is refused with what became of the link."""

_ALWAYS = {400: "token_in_url", 422: "field_unknown, field_duplicate", 500: "internal"}
_AUTHENTICATED = {
    401: "unauthenticated",
    403: "forbidden",
    429: "rate_limited",
}
_REPEATED = {410: "answer_gone", 422: "idempotency_mismatch, idempotency_key_invalid"}
_WITH_BODY = {
    400: "body_required, json_invalid, encoding_invalid …",
    408: "request_timeout",
    413: "body_too_large",
    415: "content_type_unsupported, charset_unsupported, encoding_unsupported",
    422: "field_required, field_unknown, type_invalid …",
}


def document(routes: Sequence[Route], public_url: str) -> Document:
    """The OpenAPI 3.1 document of `routes`."""
    kinds = _kinds(routes)
    schemas, components = msgspec.json.schema_components(kinds, schema_hook=convert.schema, ref_template=_REF)
    by_kind = dict(zip(kinds, schemas, strict=True))
    for kind in kinds:
        components.get(getattr(kind, "__name__", ""), {}).update(getattr(kind, "also", {}))
    components = {_DOCUMENT_NAMES.get(name, name): schema for name, schema in components.items()}
    paths: Document = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, by_kind, routes)
    document: Document = {
        "openapi": "3.1.0",
        "info": {"title": "Consultroom", "version": "1", "description": _INTRODUCTION},
        "servers": [{"url": public_url}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": _SCHEMES,
        },
    }
    return cast("Document", _as_documented(document))


def _as_documented(part: Any) -> Any:
    """`part` of the document with each type under its name in it."""
    if isinstance(part, list):
        return [_as_documented(each) for each in part]
    if not isinstance(part, dict):
        return part
    made = {name: _as_documented(value) for name, value in part.items()}
    if isinstance(title := made.get("title"), str):
        made["title"] = _DOCUMENT_NAMES.get(title, title).rpartition(".")[2]
    if isinstance(ref := made.get("$ref"), str):
        name = ref.rpartition("/")[2]
        made["$ref"] = _REF.format(name=_DOCUMENT_NAMES.get(name, name))
    return made


_INTRODUCTION = (
    "Rooms for video consultations. Times are RFC 3339 with an offset. Errors are RFC 9457 problems with a "
    "stable `code`. Every POST takes an Idempotency-Key."
)


def _kinds(routes: Sequence[Route]) -> list[Any]:
    kinds: dict[Any, None] = {Problem: None}
    for route in routes:
        kinds.update(
            dict.fromkeys(kind for kind in (route.body, *route.answers.values()) if kind is not None)
        )
    return list(kinds)


def _operation(route: Route, schemas: dict[Any, Document], routes: Sequence[Route]) -> Document:
    operation: Document = {
        "operationId": route.name,
        "summary": route.summary,
        "parameters": [*_path(route), *_query(route), *_headers(route)],
        "responses": _answers(route, schemas, _links(route, routes)) | _problems(route, schemas),
    }
    if route.scopes:
        allowed = [who for scope, who in _WHO.items() if scope in route.scopes]
        operation["security"] = [{scheme: []} for scheme in dict.fromkeys(scheme for scheme, _ in allowed)]
        operation["security"] += [{}] if route.public else []
        everybody = " And for visitors of the booking page." if route.public else ""
        operation["description"] = f"For {', '.join(text for _, text in allowed)}.{everybody}"
    if route.body is not None:
        types = ["application/json"] + ([MERGE_PATCH] if route.method == "PATCH" else [])
        content = {kind: {"schema": schemas[route.body]} for kind in types}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _path(route: Route) -> list[Document]:
    return [
        {"name": name, "in": "path", "required": True, "schema": Id.schema()} for name in route.parameters
    ]


def _query(route: Route) -> list[Document]:
    if route.query is Nothing:
        return []
    schema = msgspec.json.schema(route.query, schema_hook=convert.schema)["$defs"][route.query.__name__]
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _present(value)}
        for name, value in schema["properties"].items()
    ]


def _present(schema: Document) -> Document:
    """A parameter is there or not; it is never null."""
    kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
    kind = kinds[0] if len(kinds) == 1 else schema
    return {name: value for name, value in kind.items() if name != "default"}


def _headers(route: Route) -> list[Document]:
    if route.method != "POST":
        return []
    text = "The same key and body again: the same answer, and nothing done twice. Kept for a day."
    schema = {"type": "string", "pattern": idempotency.IDEMPOTENCY_KEY_PATTERN}
    return [
        {
            "name": idempotency.IDEMPOTENCY_HEADER,
            "in": "header",
            "required": False,
            "description": text,
            "schema": schema,
        }
    ]


def _links(route: Route, routes: Sequence[Route]) -> Document:
    """What can be done next with what was just put: everything at its path and below."""
    if route.method != "PUT":
        return {}
    following = [other for other in routes if other is not route and other.path.startswith(route.path)]
    [name] = route.parameters
    return {
        other.name: {"operationId": other.name, "parameters": {name: f"$request.path.{name}"}}
        for other in following
    }


def _answers(route: Route, schemas: dict[Any, Document], links: Document) -> Document:
    answers: Document = {}
    for status, kind in route.answers.items():
        answers[str(status)] = {"description": HTTPStatus(status).phrase} | (
            {"links": links} if links else {}
        )
        if kind is not None:
            answers[str(status)]["content"] = {route.media: {"schema": schemas[kind]}}
    return answers


def _problems(route: Route, schemas: dict[Any, Document]) -> Document:
    codes: dict[int, list[str]] = {}
    for status, text in _all_errors(route):
        codes.setdefault(status, []).append(text)
    content = {PROBLEM_TYPE: {"schema": schemas[Problem]}}
    return {
        str(status): {"description": ", ".join(dict.fromkeys(texts)), "content": content}
        for status, texts in sorted(codes.items())
    }


def _all_errors(route: Route) -> list[tuple[int, str]]:
    errors = [*route.errors.items(), *_ALWAYS.items()]
    errors += _AUTHENTICATED.items() if route.scopes else []
    errors += _OVER.items() if route.scopes & _BY_LINK else []
    errors += _STORED.items() if route.scopes or route.body is not None else []
    errors += _WITH_BODY.items() if route.body is not None else []
    errors += [(422, "id_invalid")] if route.parameters else []
    errors += _REPEATED.items() if route.method == "POST" else []
    return errors
