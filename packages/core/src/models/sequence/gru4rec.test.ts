import fixtures from "../__fixtures__/gru4rec.json" with { type: "json" };
import { referenceLaws } from "../reference.laws.ts";

referenceLaws(fixtures);
