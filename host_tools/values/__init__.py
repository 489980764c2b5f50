"""Value sets: what codes of vaccines, tests and results mean, from data to the values part."""
