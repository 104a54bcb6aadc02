import { word } from "../deployment-flags.ts";

export interface NatsFlags {
  readonly nats?: readonly string[];
  readonly natsTls?: readonly string[];
}

export const natsFlags = {
  nats: {
    kind: "parsed",
    parse: word,
    variadic: ",",
    optional: true,
    brief: "also answer through these NATS servers, such as nats.example.org:4222",
    placeholder: "URL",
  },
  natsTls: {
    kind: "parsed",
    parse: word,
    variadic: ",",
    optional: true,
    brief:
      "PEM files for NATS: the authority's certificate, the server's certificate there, its key",
    placeholder: "CA,CERT,KEY",
  },
} as const;
