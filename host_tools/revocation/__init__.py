"""Revocations: the list that an operator keeps, and the parts of the bundle that are made of it."""
