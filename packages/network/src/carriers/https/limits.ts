import type { Readable } from "node:stream";

/** Where frames are posted to, below a server's address. */
export const CALL_PATH = "v1/call";
export const FRAME_TYPE = "application/octet-stream";

/** Why a server turns a client's certificate down; as JSON with status 403. */
export const CERTIFICATE_REFUSALS = ["expired", "not-yet-valid", "unknown-authority"] as const;
export type CertificateRefusal = (typeof CERTIFICATE_REFUSALS)[number];

/**
 * All bytes of a body; undefined as soon as there are more than the limit, and then the rest is not read. Rejects
 * where the body is cut off.
 */
export async function readUpTo(
  body: Readable,
  limitBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    body.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limitBytes) chunks.push(chunk);
      else {
        body.pause();
        resolve(undefined);
      }
    });
    body.once("end", () => {
      const whole = new Uint8Array(length);
      let offset = 0;
      for (const chunk of chunks) {
        whole.set(chunk, offset);
        offset += chunk.length;
      }
      resolve(whole);
    });
    body.once("error", reject);
    body.once("close", () => reject(new Error("the connection was cut in the middle")));
  });
}
