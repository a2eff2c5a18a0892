"""The lines of `convstep.loops` that Python executes, and what the names hold after each."""

import copy
import sys

from convstep import loops


def executed(function, arguments, functions, heads):
    """Call a function, and note each line when it is done: those of a call before its own.

    Parameters
    ----------
    function : callable
        One of `convstep.loops`.
    functions : set of str
        Which functions to look into.
    heads : set of int
        The lines of loops, which also come around when there is nothing left to do.

    Returns
    -------
    list of (int, dict, dict)
        The line; what the names of its function hold then; and those of `function`.
    """
    done, pending, memory = [], {}, {}

    def finish(frame, following=None):
        if frame in pending:
            line = pending.pop(frame)
            if line not in heads or following == line + 1:  # else the loop has come to its end
                memory[frame] = names = copy.deepcopy(dict(frame.f_locals))
                done.append((line, names, memory.get(frame.f_back, names)))

    def trace(frame, event, _):
        code = frame.f_code
        if code.co_filename != loops.__file__ or code.co_name not in functions:
            return None
        if event == "line":
            finish(frame, frame.f_lineno)
            pending[frame] = frame.f_lineno
        elif event == "return":
            finish(frame)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function(*arguments)
    finally:
        sys.settrace(before)
    return done


def traced(program, arguments):
    """What `executed` gives for one of the page's programs."""
    listings = program["listings"]
    heads = {
        number
        for listing in listings.values()
        for number, text in listing
        if text.lstrip().startswith("for ")
    }
    return executed(getattr(loops, program["function"]), arguments, set(listings), heads)
