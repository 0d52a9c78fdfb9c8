"""The guarded POST in Flask: a decorator that checks who signed, and models for what goes in and out."""

from collections.abc import Callable
from functools import wraps

from flask import Flask, Response, abort, jsonify, make_response, request
from pydantic import BaseModel, ConfigDict, ValidationError

from tests.benchmarks.peers.guard import Guard, Refused


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: str
    amount: int
    note: str


class Items(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    items: list[Item]


app = Flask(__name__)
guard = Guard.of_environment()


def signed(view: Callable[[], Response]) -> Callable[[], Response]:
    @wraps(view)
    def checked() -> Response:
        path, _, query = request.environ["RAW_URI"].partition("?")
        headers = {name.lower(): value for name, value in request.headers}
        try:
            guard.check(request.method, path, query, headers, request.get_data())
        except Refused as refused:
            abort(make_response(jsonify(detail=refused.code), refused.status))
        return view()

    return checked


@app.post("/v1/total")
@signed
def total() -> Response:
    try:
        items = Items.model_validate_json(request.get_data())
    except ValidationError as error:
        abort(make_response(jsonify(detail=error.errors(include_url=False)), 422))
    return jsonify(total=sum(item.amount for item in items.items))
