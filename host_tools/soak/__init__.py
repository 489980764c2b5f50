"""A long run of the compiled terminal with everything that can come before a reader, measured for
growth: of its heap between two codes, and of its stack while one is judged."""
