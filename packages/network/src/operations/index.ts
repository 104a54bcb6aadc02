export {
  type AdminClient,
  type AdminClientOptions,
  adminClientOf,
  createAdminClient,
} from "./admin-client.ts";
export { adminApp, type AdminAppOptions } from "./admin-app.ts";
export { announceAdmin, keptAdminToken, readAdminAccess } from "./admin-files.ts";
export {
  type AdminServer,
  type AdminServerOptions,
  DEFAULT_ADMIN_PORT,
  isLoopback,
  startAdminServer,
} from "./admin-server.ts";
export type {
  Administration,
  AdminSubmission,
  ClientSummary,
  InvitationRequest,
  Invited,
  LinesPage,
  Page,
  RunDetail,
  RunResults,
  RunSummary,
  Submitted,
} from "./administration.ts";
export { type Check, type CheckOutcome, type Finding, messageOf, runChecks } from "./check.ts";
export {
  certificateCheck,
  type ClientPlace,
  connectionChecks,
  type ConnectionTarget,
  dataCheck,
  diskChecks,
  doctorFor,
  fileCheck,
  type HelloAnswer,
  helloChecks,
  nodeCheck,
  secretsCheck,
  type ServerPlace,
  type TlsIdentity,
} from "./doctor/index.ts";
export {
  createLog,
  type Log,
  LOG_LEVELS,
  type LogBindings,
  type LogLevel,
  silentLog,
  type Write,
} from "./logs.ts";
export { createMetrics, type Metrics } from "./metrics.ts";
export { REDACTED, scrub, scrubText } from "./scrub.ts";
export {
  type Shutdown,
  type ShutdownEvent,
  shutdownOn,
  type ShutdownStep,
  type SignalName,
  type SignalSource,
} from "./shutdown.ts";
