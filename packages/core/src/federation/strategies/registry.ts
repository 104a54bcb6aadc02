import { fedadam } from "./fedadam.ts";
import { fedavg } from "./fedavg.ts";

/** Every rule by which a server joins updates. */
export const strategies = { fedavg, fedadam } as const;
