export {
  DEFAULT_PORT,
  initServer,
  openServer,
  openServerRecord,
  type RunningServer,
  type ServerOptions,
} from "./open-server.ts";
export { openStoppedServer, type StoppedServer } from "./stopped-server.ts";
export {
  invite,
  type RecordAdministration,
  type RecordAdministrationOptions,
} from "./administration.ts";
export {
  greetServer,
  joinServer,
  policyPath,
  rotate,
  runClient,
  type ClientOptions,
  type JoinOptions,
} from "./open-client.ts";
export { doctorOf, type DoctorOptions, type FolderRole } from "./doctor.ts";
export { reviewJob, type JobReview, type AskedJob, type ReviewOptions } from "./review-job.ts";
export { servedInSilo } from "./served-in-silo.ts";
export { LEAF_PORT, writeNatsFiles, type NatsLeaf, type NatsFilesOptions } from "./nats-files.ts";
