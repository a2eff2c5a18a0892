"""The lesson's words: sections of text in each language, and templates that they are put into."""

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

__all__ = ["filled", "joined", "sections"]

_HEAD = re.compile(r"^=== (\w+)\n", re.MULTILINE)
_WHOLE_LINE = re.compile(r'^(?P<before>[ #]*)(?P<quotes>(?:""")?)\$(?P<name>\w+)$', re.MULTILINE)
_INLINE = re.compile(r"\$(\w+)")
_WIDE = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
_WIDE_MARK = r"[\u3000-\u303f\uff00-\uffef]"
# An indentation of 4 is code; a digit or a hyphen may begin an item of a list.
_BREAK = re.compile(rf"(?<={_WIDE})\n {{0,3}}(?={_WIDE})|(?<={_WIDE_MARK})\n {{0,3}}(?=[^\s\d#-])")


@cache
def sections(*path: str) -> Mapping[str, str]:
    """Read a file of the lesson: the text below each ``=== name``, without empty lines around."""
    text = resources.files("convstep.lesson").joinpath(*path).read_text(encoding="utf-8")
    _, *parts = _HEAD.split(text)
    return {name: body.strip("\n") for name, body in zip(parts[::2], parts[1::2], strict=True)}


def filled(template: str, words: Mapping[str, str]) -> str:
    r"""Put words in place of ``$name``.

    Where that is all of a line, or of the first line of a docstring, each of their lines begins
    as that line does.

    Examples
    --------
    >>> print(filled('def f():  # $why\n    # $how', {"why": "no reason", "how": "first\nlast"}))
    def f():  # no reason
        # first
        # last
    """

    def lines(match: re.Match[str]) -> str:
        first, *others = words[match["name"]].split("\n")
        before = match["before"]
        return "\n".join(
            [before + match["quotes"] + first, *((before + o).rstrip() for o in others)]
        )

    return _INLINE.sub(lambda match: words[match[1]], _WHOLE_LINE.sub(lines, template))


def joined(markdown: str) -> str:
    r"""Take away the line breaks within Chinese sentences, which a browser shows as spaces.

    Examples
    --------
    >>> joined("池化\n窗口\nwindow")
    '池化窗口\nwindow'
    """
    return _BREAK.sub("", markdown)
