"""Files of one data set that lie beside each other, found by their names.

A name is taken for words, parted by whatever is not a letter or a digit. Two kinds of words say
what a file holds: its part (``train`` or ``training``; ``test``, ``testing`` or MNIST's
``t10k``) and its kind (``images`` or ``x``; ``labels`` or ``y``). Files that agree in all other
words belong together::

    train-images-idx3-ubyte.gz   t10k-labels-idx1-ubyte      x_train.npy   y_test.npy
    train_signs.h5               test_signs.h5               mnist_train.csv   mnist_test.csv
"""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from convstep.data.files import Flaw

PARTS = {"train": "train", "training": "train", "test": "test", "testing": "test", "t10k": "test"}
KINDS = {"images": "x", "image": "x", "x": "x", "labels": "y", "label": "y", "y": "y"}
_WORD = re.compile(r"[^\W_]+")
_RANK = re.compile(r"idx\d$")  # idx3 holds images, idx1 labels


class Role(NamedTuple):
    """What a file holds by its name: "train", "test" or ""; "x", "y" or ""; the other words."""

    part: str
    kind: str
    series: str


Group = Mapping[tuple[str, str], Path]
"""The files of one data set by part and kind."""


def role(path: Path) -> Role:
    """Read a file's role from its name.

    Examples
    --------
    >>> role(Path("emnist-letters-train-images-idx3-ubyte.gz"))
    Role(part='train', kind='x', series='emnist letters idx ubyte')
    """
    part = kind = ""
    rest = []
    for word in _WORD.findall(path.name.lower().removesuffix(".gz")):
        if not part and word in PARTS:
            part = PARTS[word]
        elif not kind and word in KINDS:
            kind = KINDS[word]
        else:
            rest.append(_RANK.sub("idx", word))
    return Role(part, kind, " ".join(rest))


def groups(paths: Iterable[Path]) -> list[Group]:
    """Sort files into data sets; of two with one role, packed and unpacked, the first counts."""
    found: dict[tuple[bool, str], dict[tuple[str, str], Path]] = {}
    for path in paths:
        part, kind, series = role(path)
        # A name without a part is no partner of names with one.
        found.setdefault((bool(part), series), {}).setdefault((part, kind), path)
    return list(found.values())


def files_in(folder: Path) -> list[Path]:
    """List the files of a folder, without hidden ones, unpacked ones first."""
    found = [path for path in folder.iterdir() if path.is_file() and path.name[0] != "."]
    return sorted(found, key=lambda path: (path.suffix.lower() == ".gz", path.name))


def group_of(path: Path, belongs: Callable[[Path], bool]) -> Group:
    """Find the files of one data set: those beside a file, or the only such set in a folder.

    Parameters
    ----------
    path : path
        A file of the set, or the folder that it lies in.
    belongs : callable
        Tells files of the format in a folder by their names.

    Raises
    ------
    Flaw
        If a folder holds several sets, or none.
    """
    if path.is_file():
        return groups([path, *files_in(path.parent)])[0]  # whatever suffix they share
    sets = groups(filter(belongs, files_in(path)))
    if len(sets) != 1:
        files = [next(iter(group.values())).name for group in sets]
        what = f"{len(sets)} data sets; name a file of one: {', '.join(files[:6])}"
        raise Flaw(f"the folder holds {what}" if sets else "the folder holds no files of this kind")
    return sets[0]


class Pairs(NamedTuple):
    """The files of images and of labels, of the training part and of the test part if any."""

    train: tuple[Path, Path]
    test: tuple[Path, Path] | None


def pairs_of(group: Group) -> Pairs:
    """Pair the images and labels of each part; files that name no part are for training.

    Raises
    ------
    Flaw
        If a partner is missing.
    """
    train = next((part for part in ("train", "") if _has(group, part)), "train")
    return Pairs(_pair(group, train), _pair(group, "test") if _has(group, "test") else None)


def _has(group: Group, part: str) -> bool:
    return any(key[0] == part for key in group)


def _pair(group: Group, part: str) -> tuple[Path, Path]:
    for kind, word, other in (("x", "images", "y"), ("y", "labels", "x")):
        if (part, kind) not in group:
            beside = group.get((part, other)) or next(iter(group.values()))
            what = f"the {'test' if part == 'test' else 'training'} {word} are missing"
            raise Flaw(f"{what}: no file named so lies beside {beside.name}")
    return group[part, "x"], group[part, "y"]
