"""Files and figures that leave the program."""
