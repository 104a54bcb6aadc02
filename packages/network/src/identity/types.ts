/** A key that signs and is never sent anywhere: Ed25519. */
export interface SigningKey {
  /** SPKI, base64. */
  readonly publicKey: string;
  readonly sign: (bytes: Uint8Array) => Uint8Array;
}

/** Says whether `signature` is of these bytes by this public key (SPKI, base64); never throws. */
export type Verify = (publicKey: string, bytes: Uint8Array, signature: Uint8Array) => boolean;
