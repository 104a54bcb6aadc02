/*
 * ONNX Runtime's builds for Linux and macOS would keep an identifier of this machine in the user's cache folder, and send their maker on
 * what devices and with which operators it computes. Nothing leaves a client but what its method declares: this is off in every process
 * before the library starts. It reads the process's own environment, which a worker thread cannot change: whoever starts one has loaded
 * this.
 */
process.env["ORT_DISABLE_TELEMETRY"] = "1";
