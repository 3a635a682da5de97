/** `check_frozen.py`: on the cluster, whether frozen tensors are still those of the start checkpoint. */
export const checkFrozenPython = String.raw`"""python3 check_frozen.py START RESULT: whether every frozen tensor of RESULT is that of START, bit for bit.

A trainer may save in another dtype than it read; then values are compared, exactly: bfloat16 fits into float32.
"""

import glob
import os
import sys

import torch
from safetensors import safe_open

from freeze_hook import canonical, load_frozen

EXACT = (torch.bfloat16, torch.float16, torch.float32)


def tensors_of(folder):
    """Canonical name: (file, name in it)."""
    files = sorted(glob.glob(os.path.join(folder, "*.safetensors")))
    if not files:
        sys.exit(f"{folder} has no safetensors files")
    found = {}
    for file in files:
        with safe_open(file, framework="pt") as opened:
            found.update({canonical(name): (file, name) for name in opened.keys()})
    return found


def read(place):
    file, name = place
    with safe_open(file, framework="pt") as opened:
        return opened.get_tensor(name)


def same(a, b):
    if a.shape != b.shape:
        return False
    if a.dtype != b.dtype:
        if a.dtype not in EXACT or b.dtype not in EXACT:
            return False
        a, b = a.float(), b.float()
    return torch.equal(a.contiguous().view(torch.uint8), b.contiguous().view(torch.uint8))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    start, result = tensors_of(sys.argv[1]), tensors_of(sys.argv[2])
    frozen = {canonical(name) for name in load_frozen()["tensors"]}
    missing = sorted(name for name in frozen if name not in start or name not in result)
    moved, changed, dtypes = [], 0, set()
    trained = [name for name in start if name not in frozen and name in result]
    for name in sorted(frozen - set(missing)):
        a, b = read(start[name]), read(result[name])
        dtypes.add(f"{a.dtype} -> {b.dtype}".replace("torch.", ""))
        if not same(a, b):
            moved.append(name)
    for name in trained:
        changed += not same(read(start[name]), read(result[name]))
    print(f"frozen: {len(frozen)} tensors, {len(frozen) - len(moved) - len(missing)} as they were ({', '.join(sorted(dtypes))})")
    print(f"trained: {changed} of {len(trained)} tensors moved")
    for name in missing:
        print(f"MISSING {name}")
    for name in moved:
        print(f"MOVED {name}")
    sys.exit(1 if moved or missing else 0)


if __name__ == "__main__":
    main()
`;
