"""``python -m tests.crash [--rounds 200] [--seed 1] [--embedded] [--patient]``"""

from __future__ import annotations

import argparse
import sys

from tests.crash import ordeal


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--embedded", action="store_true", help="one process and SQLite, no broker")
    parser.add_argument("--patient", action="store_true", help="wait until leases of the dead end by themselves")
    asked = parser.parse_args()
    outcome = ordeal.run(asked.rounds, asked.seed, has_broker=not asked.embedded, is_patient=asked.patient)
    print(outcome)
    for problem in outcome.problems:
        print(problem)
    return 1 if outcome.problems else 0


sys.exit(main())
