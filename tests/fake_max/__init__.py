"""A 3ds Max for tests: strict, by hand. What the real one refuses is refused here, with the same kinds of errors."""
