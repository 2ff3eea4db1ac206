"""Other people's linters as systems of the benchmark: a linter is a file of `known/` that declares `LINTER`."""
