"""How many threads the compiled core uses."""


def get_num_threads() -> int:
    return 1


def set_num_threads(n: int) -> None:
    raise NotImplementedError
