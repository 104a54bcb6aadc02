const kept = new WeakMap<WebAssembly.Module, WeakMap<WebAssembly.Memory, WebAssembly.Instance>>();

/** The memory, where it is all that a module is given. */
function onlyMemory(imports: WebAssembly.Imports | undefined): WebAssembly.Memory | undefined {
  const { env, ...others } = imports ?? {};
  const { memory, ...rest } = env ?? {};
  const isAll = Object.keys(others).length + Object.keys(rest).length === 0;
  return isAll && memory instanceof WebAssembly.Memory ? memory : undefined;
}

/** Whether all that a module exports is a function by the name that jax-js gives its kernels, which have no globals. */
function isKernel(module: WebAssembly.Module): boolean {
  const [only, ...others] = WebAssembly.Module.exports(module);
  return only?.kind === "function" && only.name === "kernel" && others.length === 0;
}

/**
 * jax-js makes an instance of a kernel whenever it runs it, which takes longer than most kernels of tests do. From here on
 * each has one for each memory: all that a kernel remembers lies there.
 */
export function keepKernelInstances(): void {
  const { Instance } = WebAssembly;
  WebAssembly.Instance = new Proxy(Instance, {
    construct(target, [module, imports]: [WebAssembly.Module, WebAssembly.Imports?]) {
      const memory = onlyMemory(imports);
      const known = memory && kept.get(module)?.get(memory);
      if (known !== undefined) return known;
      const made = new target(module, imports);
      if (memory !== undefined && isKernel(module)) {
        const own = kept.get(module) ?? new WeakMap<WebAssembly.Memory, WebAssembly.Instance>();
        kept.set(module, own.set(memory, made));
      }
      return made;
    },
  });
}
