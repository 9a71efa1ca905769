"""`python -m net2vec_core COMMAND`."""

from net2vec_core.cli import main

main()
