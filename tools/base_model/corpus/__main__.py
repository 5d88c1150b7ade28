"""python -m corpus NUMBER SEED: examples of the corpus as JSON lines."""
import itertools
import json
import sys

from .conversation import stream

for example in itertools.islice(stream(int(sys.argv[2])), int(sys.argv[1])):
    print(json.dumps(example, ensure_ascii=False))
