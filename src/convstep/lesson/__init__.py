"""The fill-in exercise: the eight functions, explained, with blanks, as a script or a notebook.

`code/` holds the code, once, with ``$names`` for words; `text/` the words, in each language;
`figures` computes the figures' numbers and `drawing` draws them; `cells` puts it all in order, and
`script` and `notebook` write it down.
"""

from collections.abc import Mapping

from convstep.errors import argument_error
from convstep.lesson.cells import Picture, cells, common_words
from convstep.lesson.drawing import svg
from convstep.lesson.notebook import notebook as _notebook
from convstep.lesson.script import FIGURES
from convstep.lesson.script import script as _script

__all__ = ["LANGUAGES", "files"]

LANGUAGES = ("en", "zh")


def files(language: str = "en", *, notebook: bool = False) -> Mapping[str, str]:
    """Make the files of the lesson.

    Parameters
    ----------
    language : {"en", "zh"}
        English, or simplified Chinese.
    notebook : bool
        A notebook, which holds its figures, in place of a script with a folder of figures.

    Returns
    -------
    files : mapping of str to str
        The text of each file by its name, folders with "/"; the exercise itself comes last.

    Raises
    ------
    ArgumentError
        If the language is another.

    Examples
    --------
    >>> from convstep import lesson
    >>> list(lesson.files("zh", notebook=True))
    ['my_conv.ipynb']
    """
    if language not in LANGUAGES:
        raise argument_error("lesson.files", "language", f"be one of {LANGUAGES}", language)
    words = common_words(language)
    if notebook:
        return {"my_conv.ipynb": _notebook(cells(language, "my_conv.ipynb"), words["as_text"])}
    made = list(cells(language, "my_conv.py"))
    drawn = {
        f"{FIGURES}/{cell.name}.svg": svg(cell.figure) for cell in made if isinstance(cell, Picture)
    }
    return {**drawn, "my_conv.py": _script(made, words["header"], words["onward"])}
