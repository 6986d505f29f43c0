"""Ctrl+C and termination as KeyboardInterrupt, raised anew until the program takes notice; and orphans that end.

Python raises a signal's exception in whatever code the main thread runs. Where that is a destructor, a weak
reference's callback, or a library that catches everything, the exception ends there and the program would go on.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN = 1.0  # seconds until an interruption that nobody took is raised again
HAS_TIMER = hasattr(signal, "setitimer")  # Windows has none; a lost interruption stays lost there


@contextmanager
def interruptible() -> Iterator[None]:
    """Within the block, of the main thread, SIGINT and SIGTERM raise KeyboardInterrupt, however often it takes.

    A SIGINT that the process was started to ignore, as a shell's background jobs are, stays ignored.
    """
    wanted = [signal.SIGTERM]
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        wanted.append(signal.SIGINT)
    before = {number: signal.signal(number, _interrupt) for number in wanted}
    if HAS_TIMER:
        before[signal.SIGALRM] = signal.signal(signal.SIGALRM, _interrupt_again)
    hook, sys.unraisablehook = sys.unraisablehook, _report_all_but_interruptions
    try:
        yield
    finally:
        _raise_again_after(0)
        sys.unraisablehook = hook
        for number, handler in before.items():
            signal.signal(number, handler)


def end_with(parent: int) -> None:
    """Let this process end within a second or two of ``parent``, the process that started it, however that ends.

    Nothing happens in ``parent`` itself, or in a process that another one started, such as a cluster's.
    """
    if os.getppid() == parent and "orphan watch" not in {thread.name for thread in threading.enumerate()}:
        threading.Thread(target=_end_as_orphan, args=(parent,), name="orphan watch", daemon=True).start()


def _end_as_orphan(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(AGAIN)
    os._exit(1)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    _raise_again_after(AGAIN)
    raise KeyboardInterrupt


def _interrupt_again(_number: int, _frame: FrameType | None) -> None:
    _raise_again_after(AGAIN)
    if not _is_under_way():
        raise KeyboardInterrupt


def _is_under_way() -> bool:
    """Whether the main thread is cleaning up after a KeyboardInterrupt, which must not be cut short."""
    error = sys.exc_info()[1]
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__context__
    return False


def _raise_again_after(seconds: float) -> None:
    if HAS_TIMER:
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _report_all_but_interruptions(unraisable: "sys.UnraisableHookArgs") -> None:
    if not issubclass(unraisable.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(unraisable)
