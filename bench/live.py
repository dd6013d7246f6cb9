#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times a training with --live and an open page against the same training without, in pairs.

    bench/live.py DATA [PAIRS] [OPTION...]

DATA is a folder of time series or sound, PAIRS how many pairs (default 5); the options are those of lull train. In each pair the two
trainings run one after the other, the first of them in turn. The page is open in a client that does what a browser does: it waits for
events, and fetches the page after each. Prints each pair, and the median of the ratios of the times (with / without).
"""
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

LULL = pathlib.Path(__file__).resolve().parent.parent / "lull"


def watch(address, pages):
    """Fetches the page after each event, until the server ends."""
    try:
        with urllib.request.urlopen(address + "events") as events:
            for line in events:
                if line.startswith(b"data:"):
                    with urllib.request.urlopen(address) as page:
                        pages.append(len(page.read()))
    except OSError:
        pass  # the training is over


def seconds(data, options, live):
    pages = []
    with tempfile.TemporaryDirectory() as folder:
        command = [str(LULL), "train", "--data", data, "--run", folder + "/run", "--timing", "0", "--no-cache", *options]
        begin = time.monotonic()
        process = subprocess.Popen(command + (["--live", "0"] if live else []), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for line in process.stderr:
            if line.startswith("live page: "):
                threading.Thread(target=watch, args=(line.split()[-1], pages), daemon=True).start()
        if process.wait():
            sys.exit("the training failed: " + " ".join(command))
        return time.monotonic() - begin, len(pages)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    data = sys.argv[1]
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    options = sys.argv[3:] or ["--epochs", "60", "--hidden", "64"]
    ratios = []
    print("| pair | without, s | with, s | pages fetched | with / without |\n|---|---|---|---|---|")
    for pair in range(pairs):
        times = {}
        fetched = 0
        for live in (False, True) if pair % 2 == 0 else (True, False):
            times[live], pages = seconds(data, options, live)
            fetched += pages
        ratios.append(times[True] / times[False])
        print(f"| {pair + 1} | {times[False]:.2f} | {times[True]:.2f} | {fetched} | {ratios[-1]:.3f} |", flush=True)
    print(f"median with / without: {statistics.median(ratios):.3f}")


main()
