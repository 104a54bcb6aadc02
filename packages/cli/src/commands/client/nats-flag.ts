import { word } from "../deployment-flags.ts";

export const natsFlag = {
  kind: "parsed",
  parse: word,
  variadic: ",",
  optional: true,
  brief: "reach the server through these NATS servers and not over HTTPS: nats.example.org:4222",
  placeholder: "URL",
} as const;
