"""Data: the built-in digits, splits, augmentation, and files of the user's own."""

from convstep.data import digits
from convstep.data.arrays import LabelledImages, load_npz
from convstep.data.augment import random_affine
from convstep.data.images import read_images
from convstep.data.splits import stratified_split, tail_split

__all__ = [
    "LabelledImages",
    "digits",
    "load_npz",
    "random_affine",
    "read_images",
    "stratified_split",
    "tail_split",
]
