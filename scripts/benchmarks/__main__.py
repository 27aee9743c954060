"""Runs the benchmarks named on the command line, or all."""

import argparse
from importlib import import_module

from benchmarks.measuring import machine, print_table

NAMES = (
    "startup",
    "files",
    "encoding",
    "segmenting",
    "agreement",
    "training",
    "scaling",
    "threads",
    "study",
    "review",
    "exchange",
)

parser = argparse.ArgumentParser(prog="scripts/bench", description="Measure speed and memory.")
parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(NAMES)}; default: all")
parser.add_argument("--quick", action="store_true", help="small sizes, to see that everything runs")
asked = parser.parse_args()
if unknown := set(asked.names) - set(NAMES):
    parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
print(f"{machine()}\n")
for name in asked.names or NAMES:
    for table in import_module(f"benchmarks.{name}").tables(quick=asked.quick):
        print_table(table)
