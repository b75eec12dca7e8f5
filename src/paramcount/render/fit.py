"""What a search found, as text."""

from paramcount.fit import Fit, Solution

_MODES = {"exactly": "exactly", "at_most": "at most", "closest": "closest to"}
_QUANTITIES = {"parameters": "parameters", "macs": "MACs", "bytes": "bytes in float32"}


def render(fit: Fit) -> str:
    """Write a search's answer."""
    problem = fit.problem
    wanted = f"{_MODES[problem.mode]} {problem.target:,} {_QUANTITIES[problem.quantity]}"
    many = len(fit.solutions)
    if not many:
        head = f"{wanted}: no solution"
    elif fit.complete:
        head = f"{wanted}: {many} solution{'s' if many > 1 else ''}"
    else:
        head = f"{wanted}: more than {many} solutions, the best of them"
    lines = [head, *(_solution(one, fit) for one in fit.solutions)]
    for name, near in (("nearest below", fit.below), ("nearest above", fit.above)):
        if near is not None:
            lines.append(f"{name}: {_solution(near, fit)}")
    lines.append(f"tried {fit.tried:,} of {problem.candidates:,}")
    return "\n".join((*lines, *(f"note: {note}" for note in fit.notes)))


def _solution(one: Solution, fit: Fit) -> str:
    values = ", ".join(f"{name} = {value}" for name, value in one.values.items())
    far = one.figure - fit.problem.target
    off = f" ({'+' if far > 0 else '−'}{abs(far):,})" if far else ""
    return f"{values}: {one.figure:,}{off}"
