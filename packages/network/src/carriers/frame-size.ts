import { AtollError } from "@atoll/core/errors";
import { MAX_FRAME_BYTES } from "./types.ts";

/** Refuses to send what no carrier carries. Asking again does not help: whoever made the frame is wrong. */
export function checkFrameSize(frame: Uint8Array): void {
  if (frame.length > MAX_FRAME_BYTES)
    throw new AtollError(
      "CARRIER_FRAME_SIZE",
      `a frame of ${frame.length} bytes is larger than the ${MAX_FRAME_BYTES} that carriers carry; send it in chunks`,
    );
}
