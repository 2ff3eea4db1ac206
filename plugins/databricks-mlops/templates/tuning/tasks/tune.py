"""The task of the search: the package of this part with Optuna beside it."""

from template_part.tune import main

if __name__ == "__main__":
    main()
