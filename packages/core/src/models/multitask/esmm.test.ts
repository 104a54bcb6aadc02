import fixtures from "../__fixtures__/esmm.json" with { type: "json" };
import { referenceLaws } from "../reference.laws.ts";

referenceLaws(fixtures, { tolerance: 2e-5 });
