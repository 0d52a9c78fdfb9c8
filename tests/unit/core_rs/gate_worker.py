"""A worker beside the one that tests: opens the table that it inherits and offers what it is told to its own gate.

It reads a line with a list of requests, says that it is ready, waits for a line, and writes the list of what each
came to: code, number, records loaded so far.
"""

import json
import sys

from core_rs import Table
from tests.contract.signing import Session
from tests.unit.core_rs.gatehouse import BRIDGE_ID, MASTER, House, gate, limits


def main(descriptor: str, epoch: str) -> None:
    table = Table.open_shared(int(descriptor), epoch)
    house = House(table, gate(limits(table)), Session(MASTER, BRIDGE_ID, 1, 0, bytes(16), epoch))
    demand = house.gate.demand("edits", scopes=1)
    for line in sys.stdin:
        requests = [
            (method, target, tuple((name.encode(), value.encode()) for name, value in pairs), body.encode())
            for method, target, pairs, body in json.loads(line)
        ]
        say("ready")
        sys.stdin.readline()
        told = []
        for method, target, headers, body in requests:
            verdict = house.gate.admit(demand, house.address, method, target, headers, body)
            while verdict[0] == "need_record":
                verdict = house.gate.admit_body(house.load(verdict[1]), body)
            told.append((verdict[0], verdict[2], house.loads))
        say(told)


def say(what: object) -> None:
    print(json.dumps(what), flush=True)  # noqa: T201  # what its parent reads


if __name__ == "__main__":
    main(*sys.argv[1:])
