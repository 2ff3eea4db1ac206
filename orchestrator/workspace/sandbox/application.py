"""The ASGI application: lets calls in by token, strikes them with faults, and answers them from the routes."""

from __future__ import annotations

import inspect
import json
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as StarletteRoute

from orchestrator.workspace.sandbox.call import Call, Reply
from orchestrator.workspace.sandbox.family import Answer, Route
from orchestrator.workspace.sandbox.faults import Trouble
from orchestrator.workspace.sandbox.gate import House
from orchestrator.workspace.sandbox.problem import CallRefusedError
from orchestrator.workspace.sandbox.routes import families
from orchestrator.workspace.sandbox.seed.part import Json

MAX_BODY = 16_000_000
ADMINISTRATION = "/_sandbox/"
_LOG = logging.getLogger(__name__)
Endpoint = Callable[[Request], Awaitable[Response]]


def application(house: House) -> Starlette:
    """The application over every family of `routes/`."""
    routes = [
        StarletteRoute(route.path, _endpoint(route, house, guarded=not family.unguarded), methods=[route.method])
        for family in families()
        for route in family.routes
    ]
    return Starlette(routes=routes, exception_handlers={HTTPException: _unknown, Exception: _failed})


def _endpoint(route: Route, house: House, *, guarded: bool) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        path = request.url.path
        house.gate.note(f"{request.method} {path}")
        struck = None if path.startswith(ADMINISTRATION) else house.gate.faults.strike(request.method, path)
        try:
            caller = house.gate.principal(request.headers.get("authorization", "")) if guarded else ""
            await house.gate.suffer(struck)
            response = await _answered(route, house, request, caller)
        except CallRefusedError as problem:
            response = _refusal(problem)
        return _cut(response) if struck is not None and struck.kind is Trouble.TRUNCATED else response

    return endpoint


async def _answered(route: Route, house: House, request: Request, caller: str) -> Response:
    content = await _content(request)
    call = Call(
        house=house,
        caller=caller,
        path=request.path_params,
        query=dict(request.query_params),
        pairs=tuple(request.query_params.multi_items()),
        headers=request.headers,
        body={} if route.raw else _parsed(content),
        method=request.method,
        url_path=request.url.path,
        base_url=str(request.base_url).rstrip("/"),
        raw=content if route.raw else b"",
    )
    with house.state.lock:
        answer = route.handle(call)
    return _response(await answer if inspect.isawaitable(answer) else answer)


async def _content(request: Request) -> bytes:
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > MAX_BODY:
            raise CallRefusedError(413, "MAX_REQUEST_SIZE_EXCEEDED", f"The request has more than {MAX_BODY} bytes.")
    return bytes(content)


def _parsed(content: bytes) -> Json:
    try:
        found = json.loads(content or b"{}")
    except (ValueError, RecursionError):
        raise CallRefusedError(400, "MALFORMED_REQUEST", "Could not parse request object: it is no JSON.") from None
    if not isinstance(found, dict):
        raise CallRefusedError(400, "MALFORMED_REQUEST", "Could not parse request object: expected an object.")
    return found


def _response(answer: Answer) -> Response:
    if isinstance(answer, Reply):
        return Response(answer.content, status_code=answer.status, headers=dict(answer.headers))
    return _json(answer)


def _json(content: Json, status: int = HTTPStatus.OK) -> Response:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode(errors="replace"), status_code=status, media_type="application/json")


def _refusal(problem: CallRefusedError) -> Response:
    response = _json(problem.body(), problem.status)
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def _cut(response: Response) -> Response:
    """The response with half its body; the length that its header announces stays."""
    response.body = bytes(response.body)[: len(response.body) // 2]
    return response


async def _unknown(request: Request, error: Exception) -> Response:
    del error  # Starlette hands it over; the path says enough.
    message = f"No API found for '{request.method} {request.url.path}'"
    return _json({"error_code": "ENDPOINT_NOT_FOUND", "message": message}, HTTPStatus.NOT_FOUND)


async def _failed(request: Request, error: Exception) -> Response:
    _LOG.error("the sandbox failed on %s %s", request.method, request.url.path, exc_info=error)
    said = f"The sandbox failed on this call ({type(error).__name__}); its log says why."
    return _json({"error_code": "INTERNAL_ERROR", "message": said}, HTTPStatus.INTERNAL_SERVER_ERROR)
