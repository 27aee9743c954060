"""`python -m coder` is the `coder` command."""

from coder.cli.main import main

main()
