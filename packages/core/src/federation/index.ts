export { createClient, type ClientRuntime } from "./client.ts";
export type {
  Anchors,
  CodeLevel,
  CollaborativeVectors,
  Entity,
  EntityCodes,
} from "./client-memory.ts";
export type { Blinding, Cryptography } from "./cryptography.ts";
export type {
  ClientContext,
  ClientMemory,
  ClientStore,
  Scorer,
  WorkProgress,
} from "./client-context.ts";
export { canonicalJson } from "./codec/canonical-json.ts";
export {
  decodeMessage,
  decodeState,
  encodeMessage,
  encodeState,
  MAX_MESSAGE_BYTES,
  openMessage,
  statePieces,
} from "./codec/message.ts";
export { elementType, type LazyArray, type TypeName } from "./codec/safetensors.ts";
export { poissonCohort, sampleCohort } from "./cohort.ts";
export {
  everyone,
  forAll,
  memoryless,
  type Coordination,
  type CoordinationRound,
  type Coordinator,
  type Observation,
} from "./coordination/coordinator.ts";
export { federationConfig, tablesTravel, type FederationConfig } from "./config.ts";
export { checkAnswer } from "./check-answer.ts";
export {
  throughConnections,
  type ClientConnection,
  type ExchangeRound,
  type RoundExchange,
  type StoredMessage,
} from "./connection.ts";
export {
  describeMessages,
  guard,
  guardAnswer,
  guardRequest,
  type DeclaredMessage,
} from "./declaration.ts";
export {
  runStages,
  type ArrayTraffic,
  type ServerEvent,
  type ServerOptions,
  type ServerOutcome,
  type StageTraffic,
} from "./server.ts";
export type { SavedState, ServerContext, Stage, StageClient, StageServer } from "./stage.ts";
export {
  checkedArray,
  checkedRows,
  type ArrayNeeded,
  type NeededType,
} from "./strategies/checked-array.ts";
export { strategyProblems } from "./strategies/problems.ts";
export { strategies } from "./strategies/registry.ts";
export {
  asGlobal,
  NO_MEMORY,
  weightedMean,
  type GlobalState,
  type Strategy,
  type StrategyUpdate,
} from "./strategies/strategy.ts";
export type { Message, MessageDeclaration, WireArray } from "./types.ts";
