"""Singular values of one float32 matrix by torch, the ways that a researcher would take.

Prints {"seconds": {...}, "singularValues": [...]} as JSON. Values are those of the mode: `svdvals` works in float32,
`gram` forms the Gram matrix of the smaller side in float64 and takes its eigenvalues, `exact` is svdvals in float64.
"""

import argparse
import json
import time

import torch


def timed(work):
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--matrix", required=True, help="file of float32, row-major")
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--columns", type=int, required=True)
    parser.add_argument("--mode", choices=["svdvals", "gram", "exact"], required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    count = options.rows * options.columns
    matrix = torch.from_file(options.matrix, size=count, dtype=torch.float32).reshape(options.rows, options.columns)
    matrix = matrix.clone()  # reading the file is not counted
    warm = torch.randn(64, 64, dtype=torch.float64)
    torch.linalg.eigvalsh(warm @ warm.T)  # nor is what is slow the first time only

    if options.mode == "gram":
        smaller = matrix if options.rows <= options.columns else matrix.T
        gram, forming = timed(lambda: smaller.double() @ smaller.double().T)
        eigenvalues, solving = timed(lambda: torch.linalg.eigvalsh(gram))
        values = eigenvalues.flip(0).clamp(min=0).sqrt()
        seconds = {"whole": forming + solving, "eigenvalues": solving}
    else:
        work = matrix.double() if options.mode == "exact" else matrix
        values, whole = timed(lambda: torch.linalg.svdvals(work))
        seconds = {"whole": whole}
    print(json.dumps({"seconds": seconds, "singularValues": values.double().tolist()}))


if __name__ == "__main__":
    main()
