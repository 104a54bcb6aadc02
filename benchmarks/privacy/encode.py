"""Rows of `atoll data split`'s files as table rows, encoded as Atoll encodes them.

Features come as Atoll declares them: the column they are read from and a rule, {"kind": "value"} or
{"kind": "list", "separator", "length", "pooling"}. With "hash" a value's row is its hash; without, its
place in the vocabulary of the training rows. Row 0 of a feature is padding, row 1 what it does not know.
"""

import csv
import gzip
from itertools import accumulate

import numpy as np
import torch

PADDING, UNKNOWN, FIRST = 0, 1, 2
WORD = 0xFFFFFFFF


def hash_of(text, size):
    """FNV-1a over UTF-16 code units, 32 bits, with MurmurHash3's finaliser."""
    h = 0x811C9DC5
    for byte in text.encode("utf-16-le"):
        h = ((h ^ byte) * 0x01000193) & WORD
    h = ((h ^ (h >> 16)) * 0x85EBCA6B) & WORD
    h = ((h ^ (h >> 13)) * 0xC2B2AE35) & WORD
    return (h ^ (h >> 16)) % size


def read_columns(path):
    """Columns of a gzipped CSV file by name, as texts."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        return dict(zip(header, map(list, zip(*rows))))


def members(text, rule):
    """The values that a cell holds."""
    parts = [text] if rule["kind"] == "value" else text.split(rule["separator"])
    return [part for part in parts if part != ""][: rule.get("length", 1)]


def vocabulary_of(column, rule, least):
    counts = {}
    for text in column:
        for value in members(text, rule):
            counts[value] = counts.get(value, 0) + 1
    kept = [value for value, count in counts.items() if count >= rule.get("minCount", least)]
    return {value: FIRST + i for i, value in enumerate(kept)}


def encoded(column, rule, row_of):
    """[rows, length] table rows."""
    length = rule.get("length", 1)
    known = {}
    for text in set(column):
        rows = [row_of(value) for value in members(text, rule)]
        if rule["kind"] == "value" and rows == []:
            rows = [UNKNOWN]
        known[text] = rows + [PADDING] * (length - len(rows))
    return np.array([known[text] for text in column], np.int64)


class Data:
    """A client's rows by part: `rows` [rows, values] of one long table, `label` [rows], `user` [training rows].

    Features lie in the table one after another, each from its padding row on.
    """

    def __init__(self, request):
        self.features = request["features"]
        files = {part: read_columns(path) for part, path in request["files"].items()}
        sizes, columns = [], {part: [] for part in files}
        for feature in self.features:
            name, rule = feature["column"], feature["rule"]
            if "hash" in rule:
                size = FIRST + rule["hash"]
                row_of = lambda value: FIRST + hash_of(value, rule["hash"])
            else:
                known = vocabulary_of(files["train"][name], rule, request["minCount"])
                size = FIRST + len(known)
                row_of = lambda value: known.get(value, UNKNOWN)
            for part, table in files.items():
                columns[part].append(encoded(table[name], rule, row_of) + sum(sizes))
            sizes.append(size)
        self.num_rows = sum(sizes)
        self.is_padding = torch.zeros(self.num_rows, dtype=torch.bool)
        self.is_padding[list(accumulate([0, *sizes[:-1]]))] = True
        self.rows = {part: torch.from_numpy(np.concatenate(own, 1)) for part, own in columns.items()}
        self.label = {part: label_of(table, request["label"]) for part, table in files.items()}
        self.user = user_of(files["train"], request["user"]) if "user" in request else None

    @property
    def num_users(self):
        return 0 if self.user is None else int(self.user.max()) + 1


def label_of(table, label):
    values = np.array(table[label["column"]], np.float64)
    return torch.from_numpy((values >= label.get("atLeast", 1)).astype(np.float32))


def user_of(table, column):
    return torch.from_numpy(np.unique(np.array(table[column]), return_inverse=True)[1])
