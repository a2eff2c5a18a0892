from networks import bars, make_model

__all__ = ["bars", "make_model"]
