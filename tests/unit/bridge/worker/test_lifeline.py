import os
import subprocess
import sys
import textwrap
import time

from bridge.worker.lifeline import ORPHANED_EXIT_CODE


def _run_with_lifeline(body: str) -> tuple[int, float]:
    """Cut the lifeline of a process whose main thread does `body`, and return its exit code and how long it took."""
    theirs, ours = os.pipe()
    program = f"from bridge.worker.lifeline import Lifeline\nimport sys, time, threading\npipe = {theirs}\n"
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", program + textwrap.dedent(body)], pass_fds=[theirs], stdout=subprocess.PIPE
    )
    os.close(theirs)
    assert process.stdout is not None
    with process, process.stdout:
        assert process.stdout.readline() == b"begun\n"
        began = time.monotonic()
        os.close(ours)
        return process.wait(20), time.monotonic() - began


def test_a_cut_lifeline_tells_the_worker() -> None:
    code, _ = _run_with_lifeline(
        """
        told = threading.Event()
        Lifeline(pipe, told.set, limit_seconds=30).start()
        print("begun", flush=True)
        told.wait()
        sys.exit(3)
        """
    )

    assert code == 3


def test_a_worker_that_hangs_is_ended_after_the_limit() -> None:
    code, seconds = _run_with_lifeline(
        """
        Lifeline(pipe, lambda: None, limit_seconds=0.2).start()
        print("begun", flush=True)
        time.sleep(60)
        """
    )

    assert code == ORPHANED_EXIT_CODE
    assert seconds < 10


def test_a_worker_whose_event_loop_is_closed_is_ended_all_the_same() -> None:
    code, _ = _run_with_lifeline(
        """
        import asyncio
        loop = asyncio.new_event_loop()
        loop.close()
        Lifeline(pipe, lambda: loop.call_soon_threadsafe(print), limit_seconds=0.1).start()
        print("begun", flush=True)
        time.sleep(60)
        """
    )

    assert code == ORPHANED_EXIT_CODE
