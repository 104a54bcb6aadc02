import fixtures from "../__fixtures__/finalmlp.json" with { type: "json" };
import { referenceLaws } from "../reference.laws.ts";

referenceLaws(fixtures);
