"""Two workers of openrtc side by side under one agent name, as it is scaled on a machine."""

import os
import pathlib
import signal
import subprocess
import sys

program = pathlib.Path(__file__).with_name("openrtc_pool.py")
first_port = int(os.environ["BENCH_PORT"])
workers = [
    subprocess.Popen(
        [sys.executable, str(program), "start"],
        env={**os.environ, "BENCH_PORT": str(first_port + at)},
    )
    for at in range(2)
]


def pass_on(number: int, _frame: object) -> None:
    for worker in workers:
        worker.send_signal(number)


signal.signal(signal.SIGTERM, pass_on)
signal.signal(signal.SIGINT, pass_on)
sys.exit(max(worker.wait() for worker in workers))
