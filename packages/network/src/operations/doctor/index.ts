export { certificateCheck } from "./certificate-check.ts";
export { connectionChecks, type ConnectionTarget, type TlsIdentity } from "./connection-checks.ts";
export { type ClientPlace, doctorFor, type ServerPlace, type Place } from "./doctor.ts";
export { type HelloAnswer, helloChecks } from "./hello-checks.ts";
export { dataCheck, diskChecks, fileCheck, nodeCheck, secretsCheck } from "./place-checks.ts";
