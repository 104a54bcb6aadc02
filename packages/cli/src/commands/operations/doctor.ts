import { buildCommand } from "@stricli/core";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { behindProxy, dataFlag, json, recordOfStopped } from "../deployment-flags.ts";

export interface DoctorFlags {
  readonly data?: string;
  readonly behindProxy: boolean;
  readonly record?: string;
  readonly json: boolean;
}

export const doctorCommand = buildCommand<DoctorFlags, [string], AtollContext>({
  docs: {
    brief: "Look for what is wrong with a server or a client: disk, keys, clock, connection, data",
    fullDescription:
      "Look for what is wrong with a server or a client: disk, keys, clock, connection, data. What the folder is, its files say. Ends with 1 where a check fails.",
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        { brief: "the folder of a server or of a client", parse: String, placeholder: "DIR" },
      ],
    },
    flags: {
      data: { ...dataFlag, optional: true, brief: "the folder with a client's files" },
      behindProxy,
      record: recordOfStopped,
      json,
    },
  },
  loader: lazily(() => import("./doctor.action.ts")),
});
