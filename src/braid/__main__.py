"""``python -m braid`` is the command ``braid``."""

from braid.cli.main import main

main()
