"""The eight functions in other styles: right solutions for the catalogue to edit.

They are read as text, and stand here as modules so that they are tested like any other code.
"""
