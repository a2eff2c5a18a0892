"""HDF5 files: the lesson's own, and others with arrays of the same or of NumPy's names.

The lesson's files come in pairs, ``train_signs.h5`` and ``test_signs.h5``, and hold

=============  ========================  ====================================================
data set       shape                     holds
=============  ========================  ====================================================
train_set_x    (m, H, W, C)              images of uint8; test_set_x in the other file
train_set_y    (m,) or (1, m)            labels, indices into list_classes; test_set_y
list_classes   (classes,)                names, as bytes or numbers; may be missing
=============  ========================  ====================================================

One file may hold both parts. `x_train`, `y_train`, `x_test`, `y_test` are understood as well.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from convstep.data.files import Flaw, PathLike, naming, require_file
from convstep.data.labelled import (
    Array,
    Examples,
    ImageShape,
    LabelledImages,
    checked_images,
    decoded,
    labelled_images,
)
from convstep.data.partners import files_in, group_of
from convstep.errors import MissingExtraError

MAGIC = b"\x89HDF\r\n\x1a\n"
_SUFFIXES = (".h5", ".hdf5", ".hdf", ".he5")
_SPELLINGS = {
    "x_train": ("train_set_x", "x_train"),
    "y_train": ("train_set_y", "y_train"),
    "x_test": ("test_set_x", "x_test"),
    "y_test": ("test_set_y", "y_test"),
    "classes": ("list_classes", "class_names"),
}
# What h5py raises for files that are damaged somewhere inside.
_DAMAGE = (OSError, RuntimeError, KeyError, ValueError, TypeError)


def load_hdf5(
    path: PathLike, *, lazy: bool = False, image_shape: ImageShape | None = None
) -> LabelledImages:
    """Read a data set from an HDF5 file, or from two: the training part and the test part.

    Parameters
    ----------
    path : str or path
        A file: with ``train`` or ``test`` in its name, the other part is looked for beside it.
        Or a folder with one such pair.
    lazy : bool
        Leave the images in the file: `x_train` and `x_test` are then data sets of h5py's, of any
        size, whose slices are read when they are taken. Their values are not looked at.
    image_shape : tuple of int, optional
        (H, W, C) of images that are stored as rows; not with `lazy`.

    Returns
    -------
    data : LabelledImages

    Raises
    ------
    FileFormatError
        Names the file, and the data set that breaks a rule.
    MissingExtraError
        If h5py is not installed.
    """
    path = Path(path)
    with naming(path), ExitStack() as stack:
        if not path.is_dir():
            require_file(path)
        found: dict[str, Any] = {}
        for file in group_of(path, is_hdf5).values():
            found = _joined(found, _datasets(file, stack), file)
        missing = [name for name in _needed(found) if name not in found]
        if missing:
            wanted = " and ".join(f"{_SPELLINGS[name][0]} ({name})" for name in missing)
            raise Flaw(f"{wanted} missing, here and in a file beside it")
        train = _examples(found, "train", lazy)
        test = _examples(found, "test", lazy) if "x_test" in found else None
        names = _class_names(found.get("classes"), [train, *([test] if test else [])])
        if not lazy:
            return labelled_images(train, test, names, image_shape)
        data = _lazily(train, test, names)
        stack.pop_all()  # the files stay open for the data sets
        return data


def is_hdf5(path: Path) -> bool:
    """Tell an HDF5 file by its name."""
    return path.suffix.lower() in _SUFFIXES


def holds_hdf5(folder: Path) -> bool:
    """Tell whether there are HDF5 files in a folder, by their names."""
    return any(map(is_hdf5, files_in(folder)))


def _needed(found: Mapping[str, Any]) -> list[str]:
    test = ["x_test", "y_test"] if {"x_test", "y_test"} & set(found) else []
    return ["x_train", "y_train", *test]


def _datasets(path: Path, stack: ExitStack) -> dict[str, Any]:
    """Open a file and return its data sets under NumPy's names."""
    h5py = _h5py()
    with naming(path):
        require_file(path)
        try:
            file = stack.enter_context(h5py.File(path, "r"))
            found = {
                name: file[spelling]
                for name, spellings in _SPELLINGS.items()
                for spelling in spellings
                if spelling in file
            }
        except _DAMAGE as error:
            raise Flaw(f"not an HDF5 file, or damaged or cut short ({error})") from error
        for name, dataset in found.items():
            if not isinstance(dataset, h5py.Dataset):
                raise Flaw(f"{dataset.name.lstrip('/')} must be a data set, for {name}")
        return found


def _joined(found: dict[str, Any], more: dict[str, Any], path: Path) -> dict[str, Any]:
    """Put the data sets of two files together; they must agree on the classes."""
    if {"classes"} <= set(found) & set(more):
        with naming(path):
            if not np.array_equal(_array(found["classes"]), _array(more["classes"])):
                raise Flaw("its classes are not those of the other part")
    return {**more, **found}


def _examples(found: Mapping[str, Any], part: str, lazy: bool) -> Examples:
    x, y = found[f"x_{part}"], found[f"y_{part}"]
    labels = _array(y)
    if labels.ndim == 2 and 1 in labels.shape:
        labels = labels.reshape(-1)  # (1, m), as the lesson has them
    return Examples(x if lazy else _array(x), labels, x.name.lstrip("/"), y.name.lstrip("/"))


def _array(dataset: Any) -> Array:
    """Read all of a data set; text comes as text."""
    try:
        if dataset.dtype.kind == "O":
            return np.asarray(dataset.asstr("utf-8")[()], dtype=str)
        return np.asarray(dataset[()])
    except _DAMAGE as error:
        name = dataset.name.lstrip("/")
        raise Flaw(f"{name} cannot be read, so the file is damaged ({error})") from error


def _class_names(classes: Any, parts: list[Examples]) -> list[str] | None:
    """Return the names that labels are indices into; None if the labels are names themselves."""
    if classes is None:
        return None
    listed = _array(classes).reshape(-1)
    is_count = np.array_equal(listed, np.arange(len(listed)))
    if not is_count and listed.dtype.kind in "biu":
        values = all(np.isin(part.y, listed).all() for part in parts)
        if values:
            return None  # such as 1 to 5: the labels are what is listed, not where
    return [str(name) for name in decoded(listed, "list_classes")]


def _lazily(train: Examples, test: Examples | None, names: list[str] | None) -> LabelledImages:
    """Check the labels and all that is known of the images without reading them."""
    stand_ins = [
        None if part is None else part._replace(x=_stand_in(part)) for part in (train, test)
    ]
    assert stand_ins[0] is not None
    data = labelled_images(stand_ins[0], stand_ins[1], names)
    return data._replace(x_train=train.x, x_test=None if test is None else test.x)


def _stand_in(part: Examples) -> Array:
    """Bytes of the shape of images that stay in their file; they take no memory."""
    if part.x.ndim != 4:
        raise Flaw(f"{part.x_name} must have axes (N, H, W, C) to stay in its file (lazy)")
    checked_images(part.x[:1], part.x_name)
    return np.broadcast_to(np.zeros((), np.uint8), part.x.shape)


def _h5py() -> ModuleType:
    """Import h5py: the one place that says what to install."""
    try:
        import h5py
    except ImportError:
        raise MissingExtraError(
            "reading HDF5 files needs h5py: pip install 'convstep[hdf5]'"
        ) from None
    module: ModuleType = h5py
    return module
