"""The `convstep` command."""
