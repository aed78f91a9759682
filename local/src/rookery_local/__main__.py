"""`rookery`, also as `python -m rookery_local`."""

from rookery_local.cli.command_line import run


def main() -> None:
    """Runs the command line."""
    run()


if __name__ == "__main__":
    main()
