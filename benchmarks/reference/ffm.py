"""Reference values of the field-aware factorisation machine (Juan et al. 2016, section 3).

    python benchmarks/reference/ffm.py
"""

from shelf import *


def ffm(features, width):
    def forward(p, e, batch):
        logit = p["wide/bias"]
        if batch.numeric is not None:
            logit = logit + (batch.numeric @ p["wide/weight"])[:, 0]
        if not features:
            return logit.expand(REAL)
        logit = logit + field_vectors(e["wide"], features, batch).sum((1, 2))
        if len(features) == 1:
            return logit
        own = field_vectors(e["factors"], features, batch)
        for f in range(len(features)):
            for g in range(f + 1, len(features)):
                for_g = own[:, f, g * width : (g + 1) * width]
                for_f = own[:, g, f * width : (f + 1) * width]
                logit = logit + (for_g * for_f).sum(1)
        return logit

    return forward


def example(features, numeric, width):
    values = sum(f.get("length", 1) for f in features)
    embeddings = {"wide": (values, 1)} if features else {}
    if len(features) > 1:
        embeddings["factors"] = (values, len(features) * width)
    shapes = first_order_shapes(features, len(numeric))
    config = {"kind": "ffm", "width": width}
    return case(config, ffm(features, width), shapes, embeddings, features, numeric)


write(
    "ffm",
    [
        example(categorical("user", "hour", "item"), ["price", "age"], 2),
        example(categorical("user", "hour", "item"), [], 3),
        example(categorical("user", "item", tags=3), [], 2),
        example(categorical("user"), ["price"], 2),
        example([], ["price", "age"], 2),
    ],
)
