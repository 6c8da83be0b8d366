"""`python -m thinkaloud.cli`: the command line where no script is installed, and for torchrun."""

from thinkaloud.cli import main

if __name__ == "__main__":
    main()
