"""Grades a class: many files, points, tables, other graders."""
