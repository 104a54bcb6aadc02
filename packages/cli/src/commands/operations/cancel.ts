import { buildCommand } from "@stricli/core";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { runParameter, serverFolder } from "../deployment-flags.ts";

export const cancelCommand = buildCommand<object, [string, string], AtollContext>({
  docs: { brief: "End a run at once; what it has trained until now stays in the record" },
  parameters: { positional: { kind: "tuple", parameters: [serverFolder, runParameter] } },
  loader: lazily(() => import("./cancel.action.ts")),
});
