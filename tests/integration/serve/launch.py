"""`toolboxai serve` with an application of a test: its module is the one argument, all else is the environment."""

import json
import os
import signal
import sys

from backend.errors import OperatorError
from bridge.settings import load
from bridge.started import Started
from bridge.supervisor import WorkerCommand, serve


def announce(started: Started) -> None:
    told = {"urls": started.urls, "ops_url": started.ops_url, "pid": started.pid, "first_link": started.first_link}
    print(json.dumps(told), flush=True)  # noqa: T201


def main() -> int:
    # Tests may run where these are ignored, as in the background of a shell; a bridge would then ignore them too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        loaded = load(os.environ, platform=sys.platform)
        return serve(loaded, announce=announce, worker=WorkerCommand(sys.argv[1]))
    except OperatorError as error:
        print(error.sentence, file=sys.stderr)  # noqa: T201
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
