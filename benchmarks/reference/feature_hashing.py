"""Reference values of feature hashing (scikit-learn) on words of items and users.

    python benchmarks/reference/feature_hashing.py

writes packages/core/src/augmentation/__fixtures__/feature-hashing.json.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import FeatureHasher
from sklearn.utils import murmurhash3_32

HERE = Path(__file__).resolve().parent
OUT = HERE / "../../packages/core/src/augmentation/__fixtures__/feature-hashing.json"

# A text and its features with their counts.
TEXTS = {
    "category: tea, green tea; for: guests": {
        "tea": 2, "green": 1, "guests": 1,
        "category: tea": 1, "category: green tea": 1, "for: guests": 1,
    },
    "Tea tea TEA": {"tea": 3},
    "": {},
    "Grüner Tee; Ziel: 緑茶, Ειρήνη": {
        "grüner": 1, "tee": 1, "緑茶": 1, "ειρήνη": 1, "ziel: 緑茶": 1, "ziel: ειρήνη": 1,
    },
    "a; b; c; d; e; f; g; h; i; j": {letter: 1 for letter in "abcdefghij"},
}
DIMENSIONS = [7, 64]
STRINGS = ["", "a", "ab", "abc", "abcd", "abcde", "tea", "category: tea", "緑茶", "\x80\xff", "x" * 100]
SEEDS = [0, 1, 0x9747B28C]


def vectors(dimensions):
    hasher = FeatureHasher(n_features=dimensions, input_type="dict")
    weights = [{name: np.log1p(count) for name, count in own.items()} for own in TEXTS.values()]
    found = hasher.transform(weights).toarray()
    norms = np.linalg.norm(found, axis=1, keepdims=True)
    return np.round(found / np.where(norms == 0, 1, norms), 12).tolist()


def main():
    OUT.parent.mkdir(parents=True, exist_ok=True)
    values = {
        "texts": [{"text": text, "features": own} for text, own in TEXTS.items()],
        "vectors": [{"dimensions": d, "values": vectors(d)} for d in DIMENSIONS],
        "hashes": [
            {"text": s, "seed": seed, "hash": int(murmurhash3_32(s.encode(), seed=seed))}
            for s in STRINGS
            for seed in SEEDS
        ],
    }
    OUT.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
