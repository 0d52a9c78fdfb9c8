"""The guarded POST in FastAPI: a dependency that checks who signed, and models for what goes in and out."""

from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel, ConfigDict

from tests.benchmarks.peers.guard import Guard, Refused, Session


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: str
    amount: int
    note: str


class Items(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    items: list[Item]


class Total(BaseModel):
    total: int


app = FastAPI()
guard = Guard.of_environment()


async def signed(request: Request) -> Session:
    body = await request.body()
    path, query = request.scope["raw_path"].decode("ascii"), request.scope["query_string"].decode("ascii")
    try:
        return guard.check(request.method, path, query, request.headers, body)
    except Refused as refused:
        raise HTTPException(refused.status, refused.code) from None


@app.post("/v1/total")
async def total(items: Items, _session: Annotated[Session, Depends(signed)]) -> Total:
    return Total(total=sum(item.amount for item in items.items))
