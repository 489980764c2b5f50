"""Stories at a simulated gate, in YAML, with what is expected of it. docs/scenarios.md.

grammar.json says what may stand in a file; `language` reads one, `stage` does what it tells,
`expecting` judges what the hardware saw, `suite` runs many.
"""
