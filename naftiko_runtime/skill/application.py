"""How does an agent read the skills of an adapter? Five addresses below `/skills`, all of them to be read only.

Nothing here is on the hot path, so Starlette routes and answers. What is refused is a problem document like everywhere
(C16), and every request is recorded once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from naftiko_runtime.asgi.access.denial import DeniedError
from naftiko_runtime.asgi.access.guard import Guard
from naftiko_runtime.asgi.folder import UnsafePathError, media_type, open_page, pages
from naftiko_runtime.asgi.methods import told_method
from naftiko_runtime.asgi.problem import PROBLEM, render_problem
from naftiko_runtime.asgi.request_id import request_id_of
from naftiko_runtime.engine.record import Observer, RequestRecord
from naftiko_runtime.plan.model.face import Skill, SkillFace
from naftiko_runtime.skill.archive import archive
from naftiko_runtime.skill.catalogue import catalogue, detail

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

_PIECE_BYTES = 64 * 1024
# Status → stable code.
_CODES = {400: "NK8001", 404: "NK8007", 405: "NK8008"}

# Pages come from a folder, and some may be HTML: none of them runs as a part of this origin.
_HEADERS = {"x-content-type-options": "nosniff", "content-security-policy": "sandbox; default-src 'none'"}


class SkillApplication:
    """The Skill face of one adapter: an ASGI application for `http` scopes, whose paths begin with `/skills`. `guard`
    decides who may read it, None where everybody may.
    """

    def __init__(self, face: SkillFace, observe: Observer, guard: Guard | None = None) -> None:
        self._guard = guard
        self._skills = {skill.name: skill for skill in face.skills}
        self._observe = observe
        routes = [
            Route("/skills", self._list),
            Route("/skills/{name}", self._show),
            Route("/skills/{name}/download", self._download),
            Route("/skills/{name}/contents", self._contents),
            Route("/skills/{name}/contents/{path:path}", self._page),
        ]
        self._application = Starlette(routes=routes, exception_handlers={HTTPException: _refuse})
        self._application.router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = perf_counter()
        request_id = request_id_of(scope)
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message["headers"], (b"x-request-id", request_id.encode())]}
            await send(message)

        # The id travels in the scope: whoever refuses the request writes it into the document.
        inner = {**scope, "state": {**scope.get("state", {}), "request_id": request_id}}
        code = ""
        try:
            if self._guard is not None:
                await self._guard.check(scope)
            await self._application(inner, receive, send_with_id)
        except DeniedError as denied:
            code = denied.code
            content = render_problem(denied.status, code, denied.detail, request_id)
            response = Response(content, denied.status, media_type=PROBLEM)
            response.raw_headers.extend(denied.headers)
            await response(scope, receive, send_with_id)
        finally:
            milliseconds = (perf_counter() - started) * 1000
            operation = f"{told_method(scope['method'])} /skills"
            code = code or (_CODES.get(status, "") if status >= 400 else "")
            self._observe(RequestRecord(request_id, "skill", operation, "", "", status, None, milliseconds, code))

    async def _list(self, request: Request) -> Response:
        return JSONResponse(catalogue(self._skills.values()))

    async def _show(self, request: Request) -> Response:
        return JSONResponse(detail(self._skill(request)))

    async def _download(self, request: Request) -> Response:
        skill = self._skill(request)
        folder, root = _place(skill)
        name = quote(f"{skill.name}.zip")
        headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}", **_HEADERS}
        return StreamingResponse(iterate_in_threadpool(archive(folder, root)), 200, headers, "application/zip")

    async def _contents(self, request: Request) -> Response:
        skill = self._skill(request)
        found = await run_in_threadpool(pages, *_place(skill))
        files = [{"path": path, "size": size, "type": kind} for path, size, kind in found]
        return JSONResponse({"name": skill.name, "files": files})

    async def _page(self, request: Request) -> Response:
        path = request.path_params["path"]
        folder, root = _place(self._skill(request))
        try:
            file = await run_in_threadpool(open_page, folder, path, root)
        except UnsafePathError as error:
            raise HTTPException(400, str(error)) from None
        except OSError:
            file = None
        if file is None:
            raise HTTPException(404, "This skill has no such page.")
        size = os.fstat(file.fileno()).st_size
        headers = {"content-length": str(size), **_HEADERS}
        return StreamingResponse(iterate_in_threadpool(_pieces(file, size)), 200, headers, media_type(path))

    def _skill(self, request: Request) -> Skill:
        skill = self._skills.get(request.path_params["name"])
        if skill is None:
            raise HTTPException(404, "There is no such skill.")
        return skill


def _place(skill: Skill) -> tuple[Path, Path]:
    """Where the pages of a skill lie, and below what."""
    if skill.folder is None or skill.root is None or not skill.folder.is_dir():
        raise HTTPException(404, "This skill has no folder of pages.")
    return skill.folder, skill.root


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    """As much of a file as was promised, though it may grow."""
    with file:
        while size > 0 and (piece := file.read(min(_PIECE_BYTES, size))):
            size -= len(piece)
            yield piece


async def _refuse(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    content = render_problem(error.status_code, _CODES[error.status_code], error.detail, request.state.request_id)
    return Response(content, error.status_code, error.headers, PROBLEM)
