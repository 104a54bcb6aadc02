"""Reference values of IDST-CL: losses, terms, gradients, norms of single users, queries.

    python benchmarks/reference/idst_cl.py
"""

from itertools import combinations
from types import SimpleNamespace

import torch
import torch.nn.functional as F

from cross_domain import (
    DOMAIN_LENGTH,
    LENGTH,
    WIDTH,
    case,
    encode,
    encoder_masks,
    encoder_shapes,
    mlp_logits,
    mlp_shapes,
    product_logits,
    write,
)

cosine = lambda x, y: F.cosine_similarity(x, y, dim=0)


def idst_cl(settings, domains):
    kind, heads = settings["encoders"], settings["heads"]

    def forward(p, user, mode):
        def run(name, slots, positions):
            if slots:
                return encode(p, name, user, user.vectors[slots], heads, positions, mode)
            return torch.zeros(0, WIDTH)

        at = lambda states, place: torch.zeros(WIDTH) if place is None or place < 0 else states[place]
        merged = None if kind == "domains" else run("merged", user.merged, LENGTH)
        own = [
            None if kind == "merged" else run(f"domain{x}", user.domains[x], DOMAIN_LENGTH) for x in range(domains)
        ]
        if mode == "predict":
            places = [(len(user.merged) - 1, [len(slots) - 1 for slots in user.domains])]
        else:
            places = [(target.state, target.domain_states) for target in user.targets]

        def query(x, state, domain_states):
            parts = ([] if kind == "merged" else [("domain", at(own[x], domain_states[x]))]) + (
                [] if kind == "domains" else [("merged", at(merged, state))]
            )
            profile = [user.profile[x] @ p[f"query{x}/profile"]] if f"query{x}/profile" in p else []
            if settings["head"] == "mlp":
                return torch.cat([h for _, h in parts] + profile)
            return sum([h + h @ p[f"query{x}/{part}"] for part, h in parts] + profile)

        queries = [[query(x, *place) for place in places] for x in range(domains)]

        terms = {}
        if settings["idra"]["weight"] > 0 and kind != "merged":
            total = torch.zeros(())
            for x, (augmented, shuffled) in enumerate(zip(user.augmented, user.shuffled)):
                if augmented is None or not user.domains[x]:
                    continue
                last = lambda slots: run(f"domain{x}", slots, DOMAIN_LENGTH)[-1]
                h, h_aug, h_neg = last(user.domains[x]), last(augmented), last(shuffled)
                margin = settings["idra"]["margin"]
                total = total + torch.relu(margin - cosine(h_aug, h) + cosine(h_aug, h_neg))
            terms["idra"] = settings["idra"]["weight"] * total
        if settings["cdrd"]["weight"] > 0 and kind == "triple":
            losses = []
            for state, domain_states in places:
                h = at(merged, state)
                there = [own[x][place] for x, place in enumerate(domain_states) if place is not None and place >= 0]
                if len(there) < 2:
                    continue
                e = lambda x, y: torch.exp(cosine(x, y) / settings["cdrd"]["temperature"])
                near = sum(e(h, y) for y in there)
                losses.append(-torch.log(near / (near + sum(e(x, y) for x, y in combinations(there, 2)))))
            terms["cdrd"] = settings["cdrd"]["weight"] * (torch.stack(losses).mean() if losses else torch.zeros(()))
        last = lambda states: torch.zeros(WIDTH) if states is None or not len(states) else states[-1]
        representations = torch.stack([last(states) for states in [*own, merged]])
        return SimpleNamespace(queries=queries, terms=terms, representations=representations)

    return forward


def of(encoders="triple", head="product", blocks=1, heads=2, dropout=0, idra=0.3, domains=2, profile_width=0, **options):
    settings = {
        "encoders": encoders,
        "blocks": blocks,
        "heads": heads,
        "dropout": dropout,
        "head": head,
        "idra": {"weight": idra, "margin": 0.5},
        "cdrd": {"weight": 0.5, "temperature": 0.2},
    }
    lengths = {}
    if encoders != "merged":
        lengths |= {f"domain{x}": DOMAIN_LENGTH for x in range(domains)}
    if encoders != "domains":
        lengths |= {"merged": LENGTH}
    shapes, masks = {}, {}
    for name, length in lengths.items():
        shapes |= encoder_shapes(name, length, blocks)
        masks |= encoder_masks(name, length, blocks) if dropout else {}
    if head == "mlp":
        states = (2 if encoders == "triple" else 1) + (1 if profile_width else 0)
        shapes |= mlp_shapes(domains, WIDTH * states)
    else:
        kinds = {"triple": ["domain", "merged"], "merged": ["merged"], "domains": ["domain"]}[encoders]
        shapes |= {f"query{x}/{kind}": (WIDTH, WIDTH) for x in range(domains) for kind in kinds}
    if profile_width:
        shapes |= {f"query{x}/profile": (profile_width, WIDTH) for x in range(domains)}
    options |= {"profile_width": profile_width}
    logits = mlp_logits if head == "mlp" else product_logits
    forward = idst_cl(settings, domains)
    return case(settings, forward, shapes, masks, domains=domains, logits=logits, **options)


# A long one, one without the second domain, one of two events whose liked item is of a domain that it does not
# have yet, one of a single event.
TWO = [([0, 1, 0, 1, 1, 0], 1), ([0, 0, 0], 0), ([0, 1], 1), ([1], None)]
THREE = [([0, 1, 2, 0, 1, 2], 2), ([0, 2, 0, 2], 0), ([1, 1, 0], None), ([2], None)]

write(
    "idst-cl",
    [
        of(users=TWO, augmented=True, dropout=0.2),
        of(users=THREE, augmented=True, domains=3, public_width=3, profile_width=2, request="learned"),
        of(
            users=TWO,
            augmented=True,
            head="mlp",
            rows=False,
            public_width=3,
            profile_width=3,
            loss="bce",
            request="fixed",
        ),
        of(users=TWO, encoders="merged", blocks=2),
        of(users=TWO, encoders="domains", head="mlp", augmented=True, heads=1),
    ],
)
