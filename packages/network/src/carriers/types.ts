export {
  MAX_FRAME_BYTES,
  type Caller,
  type ClientCarrier,
  type FrameHandler,
} from "../protocol/carrier.ts";

export interface ServerCarrier {
  /** How clients reach it, for people. */
  readonly address: string;
  readonly close: () => Promise<void>;
}
