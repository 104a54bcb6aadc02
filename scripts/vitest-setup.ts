import fc from "fast-check";
import { keepKernelInstances } from "./kept-instances.ts";

// Property tests draw the same cases in every run, so that a red run is about the change at hand. Another
// seed explores further: FC_SEED=$RANDOM npm test
fc.configureGlobal({ seed: Number(process.env["FC_SEED"] ?? 1) });

// Once in a process: the next file's set-up comes to the same process.
const isKept = Symbol.for("atoll: kernels' instances are kept");
if (!Object.hasOwn(WebAssembly, isKept)) {
  keepKernelInstances();
  Object.defineProperty(WebAssembly, isKept, { value: true });
}
