"""Reports made by hand, for what is done with reports."""

from convstep.check.report import Diagnosis, Example, Family, FunctionReport, Note, Report


def right(name, *notes):
    return FunctionReport(name, "right", notes=tuple(Note(n, n) for n in notes),
                          families={"all": Family(10, 10)})  # fmt: skip


def wrong(name, *mistakes, certainty="certain", shares=None, example=None):
    families = {k: Family(*v) for k, v in (shares or {"all": (4, 10)}).items()}
    return FunctionReport(
        name,
        "wrong",
        diagnoses=tuple(
            Diagnosis(m, f"title of {m}", certainty, f"why {m}", f"hint for {m}", f"look at {m}", 7)
            for m in mistakes
        ),
        localisation=("wrong only in cases with stride over 1",),
        example=example,
        families=families,
        line=3,
    )


def blocked(name, *blamed):
    return FunctionReport(name, "blocked", blamed=blamed, families={"all": Family(10, 10)})


def missing(name):
    return FunctionReport(name, "missing")


def report(file, *functions, status=None, message=""):
    statuses = {function.status for function in functions} - {"missing"}
    if status is None:
        status = "empty" if not statuses else "right" if statuses == {"right"} else "wrong"
    return Report(file, status, tuple(functions), message=message, seconds=0.25)


POOLED = Example(
    setting={"m": 1, "n_H": 3, "n_W": 3, "n_C": 1, "f": 2, "stride": 2, "mode": "max"},
    arguments={
        "A_prev": [[[[1.0], [2.0], [3.0]], [[4.0], [5.0], [6.0]], [[7.0], [8.0], [9.0]]]],
        "hparameters": {"f": 2, "stride": 2},
        "mode": "max",
    },
    output="A",
    expected=[[[[5.0]]]],
    got=[[[[2.5]]]],
    index=[0, 0, 0, 0],
    where="example 0, row 0, column 0, channel 0",
    cell_expected=5.0,
    cell_got=2.5,
)
