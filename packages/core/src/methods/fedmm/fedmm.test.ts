import { expect, test } from "vitest";
import { methodConfig, resolveMethod, roleOf } from "../registry.ts";

const roleWith = (settings: object) =>
  roleOf(resolveMethod(methodConfig.parse({ kind: "fedmm", ...settings })));
const alone = { embeddings: "local", head: "none" };

test("FedMM is a federated method where something that was learned leaves a market, else a baseline", () => {
  expect(roleWith({})).toBe("federated");
  expect(roleWith({ codebooks: { levels: ["local", "local"] } })).toBe("baseline");
  expect(roleWith({ score: "collaborative" })).toBe("baseline");
  expect(roleWith({ channels: { codes: false, head: "none" } })).toBe("baseline");
  expect(roleWith({ channels: alone })).toBe("federated");
  const local = { levels: ["local"] };
  expect(roleWith({ codebooks: local, alignment: { anchors: true } })).toBe("federated");
  expect(roleWith({ codebooks: local, alignment: { share: "codebook+network" } })).toBe(
    "federated",
  );
  expect(roleWith({ codebooks: local, channels: { dense: "federated" } })).toBe("federated");
  expect(roleWith({ score: "collaborative", alignment: { anchors: true } })).toBe("federated");
});
