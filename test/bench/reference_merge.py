"""mergekit's passthrough of two checkpoints: python reference_merge.py CONFIG OUT. Prints its seconds."""
import sys
import time

import yaml
from mergekit.config import MergeConfiguration
from mergekit.merge import MergeOptions, run_merge

with open(sys.argv[1]) as file:
    config = MergeConfiguration.model_validate(yaml.safe_load(file))
options = MergeOptions(copy_tokenizer=False, lazy_unpickle=True, out_shard_size=10**12)
started = time.perf_counter()
run_merge(config, sys.argv[2], options)
print(time.perf_counter() - started)
