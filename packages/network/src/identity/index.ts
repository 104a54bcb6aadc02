export {
  AUTHORITY_DAYS,
  CLIENT_CERTIFICATE_DAYS,
  SERVER_CERTIFICATE_DAYS,
  createAuthority,
  fingerprintOf,
  readAuthority,
  type Authority,
  type IssuedCertificate,
  type Issuing,
  type TlsMaterial,
} from "./authority.ts";
export { checkClientName, clientOfCertificate, clientUri } from "./certificate-names.ts";
export { makeRequest, publicKeyOfRequest } from "./certificate-request.ts";
export {
  prepareKey,
  readClientIdentity,
  storeCertificate,
  storeEnrolment,
  type ClientIdentity,
  type ServerOfClient,
} from "./client-identity.ts";
export {
  makeToken,
  readInvitation,
  tokenHash,
  writeInvitation,
  type Invitation,
} from "./invitations.ts";
export { dersOf, pemOf } from "./pem.ts";
export {
  RENEW_BEFORE_DAYS,
  createServerIdentity,
  readServerIdentity,
  type ServerIdentity,
  type ServerIdentityOptions,
} from "./server-identity.ts";
export {
  generateSigningKey,
  rawPublicKey,
  readSigningKey,
  signingKeyOf,
  verify,
  writeSigningKey,
  type OwnKey,
} from "./signing-key.ts";
export type { SigningKey, Verify } from "./types.ts";
