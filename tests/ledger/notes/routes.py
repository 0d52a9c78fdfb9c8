"""What every domain of devices and game servers needs: signed requests, the tenant of their session, a scope."""

from backend.db.unit import Transaction
from backend.web.call import Answer, Call
from backend.web.keys import DATABASE
from backend.web.route import SIGNED, IdempotentBy, Route
from bridge.gate.principal import Scope
from bridge.gate.signed.signed_by import signed_by
from tests.ledger.notes import service
from tests.ledger.notes.schemas import NewNote, NoteShown, NotesQuery, NotesShown
from tests.ledger.notes.store import Note

NOTES = "/v1/ledger/notes"
BODY_LIMIT_BYTES = 4 * 1024 * 1024


async def post_note(call: Call[NewNote, None, None], tx: Transaction) -> Answer:
    return Answer(201, _shown(await service.leave(tx, signed_by(call), call.body.text)))


async def get_notes(call: Call[None, NotesQuery, None]) -> Answer:
    tenant_id = signed_by(call).tenant_id

    async def unit(tx: Transaction) -> tuple[NoteShown, ...]:
        return tuple(map(_shown, await service.page(tx, tenant_id, call.query.limit)))

    return Answer(200, NotesShown(await call.app[DATABASE].read(unit, tenant=tenant_id)))


def _shown(note: Note) -> NoteShown:
    return NoteShown(note.id, note.holder_id, note.place_id, note.letters)


ROUTES = (
    Route(
        method="POST",
        path=NOTES,
        handler=post_note,
        request=NewNote,
        answers={201: NoteShown},
        permission=SIGNED,
        signed=(Scope.SYNC,),
        rate_class="write",
        idempotent_by=IdempotentBy.KEY,
        body_limit_bytes=BODY_LIMIT_BYTES,
        summary="Leave a note",
    ),
    Route(
        method="GET",
        path=NOTES,
        handler=get_notes,
        query=NotesQuery,
        answers={200: NotesShown},
        permission=SIGNED,
        signed=(Scope.SYNC,),
        rate_class="read",
        summary="The notes of the session's tenant",
    ),
)
