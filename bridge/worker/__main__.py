"""`python -P -m bridge.worker MODULE`: what the supervisor starts. Its channel is its standard input."""

import signal
import sys

# The terminal tells every process of its group of a Ctrl-C and of its own end; the supervisor decides what becomes of
# this one. It started us with these signals held back, so that none could end us on the way here.
_TOLD_TO_THE_GROUP = (signal.SIGINT, signal.SIGHUP)
for _number in _TOLD_TO_THE_GROUP:
    signal.signal(_number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_UNBLOCK, _TOLD_TO_THE_GROUP)

from bridge.worker.process import main  # noqa: E402

sys.exit(main(sys.argv[1]))
