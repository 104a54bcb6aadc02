"""What the Python package gguf (0.19.0) reads in a tiny GGUF file.

    node packages/node/src/language-models/tiny-models/make.ts FOLDER
    python benchmarks/reference/tiny_llama.py FOLDER/tiny-llama.gguf

writes packages/node/src/language-models/tiny-models/__fixtures__/tiny-llama.json.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from gguf import GGUFReader

HERE = Path(__file__).resolve().parent
OUT = HERE / "../../packages/node/src/language-models/tiny-models/__fixtures__/tiny-llama.json"


def shortened(value):
    return [len(value), *value[:2], value[-1]] if isinstance(value, list) else value


def main(path):
    reader = GGUFReader(path)
    facts = {
        "sha256": hashlib.sha256(Path(path).read_bytes()).hexdigest(),
        "metadata": {key: shortened(field.contents()) for key, field in reader.fields.items()},
        "tensors": [
            {
                "name": tensor.name,
                "dimensions": tensor.shape.tolist(),
                "type": tensor.tensor_type.name,
                "offset": int(tensor.data_offset),
                "sum": float(tensor.data.astype(np.float64).sum()),
            }
            for tensor in reader.tensors
        ],
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
