"""Reference values of TF-IDF (scikit-learn) and of its truncated SVD (NumPy) on a few titles.

    python benchmarks/reference/request.py

writes packages/core/src/request/__fixtures__/request.json.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

HERE = Path(__file__).resolve().parent
OUT = HERE / "../../packages/core/src/request/__fixtures__/request.json"

TITLES = [
    "Mae Ploy Thai Green Curry Paste - 14 oz jar",
    "",
    "Thai Kitchen Green Curry Paste, 4 oz",
    "Cuisinart 14-Cup Coffee Maker (Brushed Steel)",
    "Café Bustelo Coffee, Café Espresso 10 oz",
    "GREEN tea, green TEA & more green tea",
    " - ?! ",
    "Grüner Tee 緑茶 100 g",
    "Stainless steel coffee press",
]
HISTORY, DECAY = [3, 1, 8, 5], 0.8


def rounded(array, digits=12):
    return np.round(array, digits).tolist()


def main():
    # Items without a term are no documents.
    documents = [i for i, title in enumerate(TITLES) if any(c.isalnum() for c in title)]
    vectorizer = TfidfVectorizer(lowercase=True, token_pattern=r"[^\W_]+")
    found = vectorizer.fit_transform([TITLES[i] for i in documents]).toarray()
    terms = vectorizer.get_feature_names_out().tolist()
    matrix = np.zeros((len(TITLES), len(terms)))
    matrix[documents] = found
    u, s, _ = np.linalg.svd(matrix, full_matrices=False)
    coordinates = u * s
    largest = np.abs(coordinates).argmax(axis=0)
    coordinates = coordinates * np.sign(coordinates[largest, np.arange(len(s))])
    age = np.arange(len(HISTORY))[::-1]
    profile = (DECAY**age) @ matrix[HISTORY]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    values = {
        "titles": TITLES,
        "terms": terms,
        "tfidf": rounded(matrix),
        "singularValues": rounded(s),
        "coordinates": rounded(coordinates),
        "history": HISTORY,
        "decay": DECAY,
        "similarity": rounded(matrix @ profile),
    }
    OUT.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
