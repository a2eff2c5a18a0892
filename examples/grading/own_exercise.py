"""An exercise of a teacher's own, which has nothing to do with convolution.

Two functions on tables of numbers: `column_means`, and `standardize`, which may call it. What is
right, how cases are made, and the mistakes that students make are all data; the engine that grades
the eight functions of the lesson grades these.

    python own_exercise.py
    convstep check --exercise own_exercise.py:EXERCISE solutions/
"""

import numpy as np

import convstep as cs
from convstep.check import Exercise, Mistake, Task, Variant

DEFINITION = '''
import numpy as np

def column_means(X):
    """X (n, k) -> (k,)"""
    return np.sum(X, axis=0) / X.shape[0]

def standardize(X):
    """Each column with mean 0 and standard deviation 1: X (n, k) -> (n, k)"""
    centred = X - column_means(X)
    spread = np.sqrt(np.mean(centred**2, axis=0))
    return centred / spread
'''


def table(setting):
    """Build the arguments of a call: the same ones for the same setting."""
    rng = np.random.default_rng(setting["seed"])
    return (rng.integers(-8, 9, (setting["n"], setting["k"])) / 2.0,)


SETTINGS = tuple({"n": n, "k": k, "seed": 10 * n + k} for n in (3, 4, 5, 7) for k in (1, 2, 3, 5))
FAMILIES = {
    "several columns": lambda s: s["k"] > 1,
    "more columns than rows": lambda s: s["k"] > s["n"],
}
AXES = ("row", "column")

EXERCISE = Exercise(
    name="standardize",
    definitions={"plain": DEFINITION},
    tasks=(
        Task(
            name="column_means",
            arguments=("X",),
            outputs=("means",),
            settings=SETTINGS,
            build=table,
            families=FAMILIES,
            least={"n": 2, "k": 1},
            axes={"means": ("column",)},
        ),
        Task(
            name="standardize",
            arguments=("X",),
            outputs=("Z",),
            settings=SETTINGS,
            build=table,
            helpers=("column_means",),
            families=FAMILIES,
            least={"n": 2, "k": 1},
            axes={"Z": AXES},
        ),
    ),
    mistakes=(
        Mistake(
            "column_means",
            "wrong_axis",
            title="the sum runs along the rows",
            explanation="axis=0 adds up the rows, so that one number for each column is left.",
            nudge="How many numbers should come out for a table of 3 rows and 5 columns?",
            variants=(Variant((("axis=0", "axis=1"),), "plain"),),
        ),
        Mistake(
            "column_means",
            "not_divided",
            title="a sum where the mean is asked for",
            explanation="The sum is divided by the number of rows.",
            nudge="What is the mean of 2, 2, 2?",
            variants=(Variant(((" / X.shape[0]", ""),), "plain"),),
        ),
        Mistake(
            "standardize",
            "not_centred",
            title="the mean is not taken away",
            explanation="Take each column's mean away before it is divided.",
            nudge="What is the mean of each column of your result?",
            variants=(
                Variant((("return centred / spread", "return X / spread"),), "plain"),
                Variant((("X - column_means(X)", "X"),), "plain"),
            ),
            look="centred = X - column_means(X)",
        ),
        Mistake(
            "standardize",
            "sample_deviation",
            title="the deviation of a sample, with n - 1",
            explanation="The standard deviation asked for divides by n.",
            nudge="By what is the sum of squares divided, n or n - 1?",
            variants=(
                Variant((("np.mean(centred**2, axis=0)", "np.var(X, axis=0, ddof=1)"),), "plain"),
            ),
        ),
        Mistake(
            "standardize",
            "variance",
            title="divided by the variance",
            explanation="The standard deviation is the square root of the variance.",
            nudge="In what unit is the spread, if X is in metres?",
            variants=(
                Variant(
                    (("np.sqrt(np.mean(centred**2, axis=0))", "np.mean(centred**2, axis=0)"),),
                    "plain",
                ),
            ),
        ),
    ),
)

if __name__ == "__main__":

    def standardize(X):
        """Do it as a student did."""
        return (X - X.mean(axis=0)) / X.std(axis=0, ddof=1)

    print(cs.check.check(standardize=standardize, exercise=EXERCISE))
