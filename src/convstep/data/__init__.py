"""Data: the built-in digits, files of the user's own, splits, augmentation."""

from convstep.data import digits
from convstep.data.affine import random_affine, random_rotation, random_shift
from convstep.data.arrays import load_npy_files, load_npz
from convstep.data.augment import (
    compose,
    random_crop,
    random_cutout,
    random_horizontal_flip,
    random_vertical_flip,
)
from convstep.data.cifar import load_cifar
from convstep.data.csv_pixels import load_csv
from convstep.data.folders import load_folder
from convstep.data.formats import load
from convstep.data.hdf5 import load_hdf5
from convstep.data.idx import load_idx, read_idx
from convstep.data.images import read_images
from convstep.data.labelled import LabelledImages
from convstep.data.splits import stratified_split, tail_split

__all__ = [
    "LabelledImages",
    "compose",
    "digits",
    "load",
    "load_cifar",
    "load_csv",
    "load_folder",
    "load_hdf5",
    "load_idx",
    "load_npy_files",
    "load_npz",
    "random_affine",
    "random_crop",
    "random_cutout",
    "random_horizontal_flip",
    "random_rotation",
    "random_shift",
    "random_vertical_flip",
    "read_idx",
    "read_images",
    "stratified_split",
    "tail_split",
]
