"""Data: the built-in digits, splits, augmentation, and files of the user's own."""
