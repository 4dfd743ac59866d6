/** Opens ONNX graphs with onnxruntime-node: encode, open on one execution provider, run, dispose. */
import { env, InferenceSession, Tensor as NativeTensor } from 'onnxruntime-node';
import { EngineError, InvariantError } from '../errors.ts';
import { encodeModel } from '../onnx/encode.ts';
import type { Graph } from '../onnx/graph.ts';
import type { GraphRunner, Session, TensorMap } from '../runner.ts';
import { BYTES_PER_ELEMENT, tensor } from '../tensor/tensor.ts';
import type { DType, Tensor } from '../tensor/tensor.ts';

/** Execution providers of onnxruntime-node that the program knows. */
export type ProviderName = 'cpu' | 'webgpu' | 'cuda' | 'tensorrt' | 'dml' | 'coreml';

/** How graphs are opened. */
export interface RunnerOptions {
  /** Where the graphs run. */
  readonly provider: ProviderName;
  /** Threads inside one operation on the CPU, >= 1. Default: one per physical core. */
  readonly threads?: number;
  /**
   * Refuse a graph of which any node would run on the CPU instead of `provider`. Default false: the provider takes
   * what it can. Has no meaning on 'cpu'.
   */
  readonly forbidCpuFallback?: boolean;
}

/** Protobuf refuses messages of 2 GiB and more, and onnxruntime parses with protobuf. */
const MODEL_LIMIT_BYTES = 2 ** 31 - 1;

/** A native message longer than this is cut: the head holds the cause, the tail is a stack of C++ templates. */
const MESSAGE_LIMIT = 300;

/**
 * A runner over onnxruntime-node.
 *
 * `Session.run` blocks the calling thread while the graph runs (measured: not one timer fires), so long work belongs
 * in a child process. Inputs are read in place; outputs are fresh arrays the caller owns.
 * The sessions fail with EngineError 'provider-missing' (no such provider or device here) or 'provider-failed' (it
 * refuses this graph, or a run of it), naming the graph, the provider and the native reason.
 * @throws EngineError 'configuration' when `threads` is not a positive integer
 */
export function createRunner(options: RunnerOptions): GraphRunner {
  const { threads } = options;
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1)) {
    throw new EngineError('configuration', `The number of threads is ${threads}; give a whole number from 1 up.`);
  }
  return {
    provider: options.provider,
    async open(graph) {
      refuseTooLarge(graph);
      return openNative(encodeModel(graph), `graph "${graph.name}"`, options);
    },
    async openModel(model) {
      return openNative(model, typeof model === 'string' ? `model "${model}"` : 'the model', options);
    },
  };
}

/** @throws EngineError 'model-too-large' before anything is allocated */
function refuseTooLarge(graph: Graph): void {
  let bytes = 0;
  for (const { dtype, data } of graph.initializers.values()) bytes += data.length * BYTES_PER_ELEMENT[dtype];
  if (bytes <= MODEL_LIMIT_BYTES) return;
  const found = `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  throw new EngineError(
    'model-too-large',
    `The constants of graph "${graph.name}" take ${found}; a graph handed to the runtime must stay under 2 GiB. ` +
      'Use a smaller model, or one with float16 weights.',
    { expected: '< 2 GiB', found },
  );
}

async function openNative(model: Uint8Array | string, label: string, options: RunnerOptions): Promise<Session> {
  // Failures arrive as exceptions with the same text; the native log would only repeat them on stderr.
  env.logLevel = 'fatal';
  const native = sessionOptions(options);
  const session = await guarded(`open ${label}`, options.provider, () =>
    // The two overloads differ only in the first parameter.
    typeof model === 'string' ? InferenceSession.create(model, native) : InferenceSession.create(model, native),
  );
  return new NativeSession(session, label, options.provider);
}

function sessionOptions(options: RunnerOptions): InferenceSession.SessionOptions {
  const config: Record<string, string> = {
    // Denormals (moments of parameters that stopped moving) made a training step 2.4 times slower.
    set_denormal_as_zero: '1',
    // Threads that wait sleep instead of spinning: spinning ones take the cores from image decoding and from other
    // programs (on a busy machine of 2 cores a loop of session.run took 1.8 times as long with spinning).
    'intra_op.allow_spinning': '0',
  };
  if (options.forbidCpuFallback && options.provider !== 'cpu') config['disable_cpu_ep_fallback'] = '1';
  return {
    executionProviders: [options.provider],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    // DirectML requires memory patterns off (onnxruntime documentation, "DirectML Execution Provider").
    enableMemPattern: options.provider !== 'dml',
    logSeverityLevel: 4,
    ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
    extra: { session: config },
  };
}

/** One native session; the last run is remembered so that dispose never frees memory under it. */
class NativeSession implements Session {
  readonly #label: string;
  readonly #provider: ProviderName;
  #native: InferenceSession | undefined;
  #lastRun: Promise<unknown> = Promise.resolve();

  constructor(native: InferenceSession, label: string, provider: ProviderName) {
    this.#native = native;
    this.#label = label;
    this.#provider = provider;
  }

  async run(inputs: TensorMap, outputs?: readonly string[]): Promise<TensorMap> {
    const native = this.#native;
    if (!native) throw new InvariantError(`session of ${this.#label} used after dispose`);
    const feeds = this.#feeds(native, inputs);
    for (const name of outputs ?? []) {
      if (!native.outputNames.includes(name)) {
        throw new InvariantError(`${this.#label} has no output "${name}"; it has ${native.outputNames.join(', ')}`);
      }
    }
    const running = guarded(`run ${this.#label}`, this.#provider, () =>
      native.run(feeds, outputs ?? native.outputNames),
    );
    this.#lastRun = running.catch(() => undefined); // the caller of run gets the failure; dispose only waits
    const results = await running;
    return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, this.#fromNative(name, value)]));
  }

  async dispose(): Promise<void> {
    const native = this.#native;
    this.#native = undefined;
    await this.#lastRun;
    await native?.release();
  }

  #feeds(native: InferenceSession, inputs: TensorMap): Record<string, NativeTensor> {
    for (const name of native.inputNames) {
      if (!(name in inputs)) throw new InvariantError(`input "${name}" of ${this.#label} is not given`);
    }
    return Object.fromEntries(
      Object.entries(inputs).map(([name, value]) => {
        if (!native.inputNames.includes(name)) {
          throw new InvariantError(`${this.#label} has no input "${name}"; it has ${native.inputNames.join(', ')}`);
        }
        return [name, toNative(value)];
      }),
    );
  }

  #fromNative(name: string, value: NativeTensor): Tensor {
    if (!(value.type in BYTES_PER_ELEMENT)) {
      throw new EngineError(
        'model-unsupported',
        `Output "${name}" of ${this.#label} holds values of type ${value.type}; only numeric tensors can be read.`,
        { tensor: name, found: value.type },
      );
    }
    const dtype = value.type as DType;
    return tensor(dtype, value.dims, value.data as Tensor['data']);
  }
}

/** Wraps the storage without a copy; element types and typed arrays are the same on both sides. */
function toNative(value: Tensor): NativeTensor {
  // onnxruntime-common's constructor types know no Float16Array; at run time it takes every kind of storage here.
  const native = new NativeTensor(value.dtype, value.data as Float32Array, [...value.shape]);
  if (value.dtype !== 'float16') return native;
  // The native side reads `data` through Node-API, which knows no Float16Array (it sees 0 bytes): show it the same
  // memory as 16-bit integers.
  const { buffer, byteOffset, length } = value.data;
  return Object.defineProperty(native, 'data', { value: new Uint16Array(buffer, byteOffset, length) });
}

/** What onnxruntime says when a provider, or the device behind it, is not on this machine. */
const MISSING_PROVIDER = /backend not found|Failed to load shared library|Failed to get a WebGPU adapter/;

/** Turns whatever the native side throws into one typed error. */
async function guarded<T>(what: string, provider: ProviderName, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const reason = shortReason(cause);
    const code = MISSING_PROVIDER.test(reason) ? 'provider-missing' : 'provider-failed';
    const message = `Provider "${provider}" could not ${what}: ${reason}. ${adviceFor(provider)}`;
    throw new EngineError(code, message, { found: reason, ...nodeOf(cause) }, { cause });
  }
}

function adviceFor(provider: ProviderName): string {
  return provider === 'cpu'
    ? 'Check that the file is a complete ONNX model and that memory is free; exporting the model again often helps.'
    : 'Choose --device cpu, or run "vislex doctor" to see which devices work.';
}

/** The sentence of a native message a person can use: no source paths, no C++ signature, no trailing full stop. */
function shortReason(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const plain = message
    .replaceAll(/\s+/g, ' ')
    .replace(/^.*\bStatus Message: /, '')
    .replace(/^\/onnxruntime_src\/\S+ .*?(?:was false\.|\) )\s*/, '')
    .replace(/^\[ONNXRuntimeError\] : \d+ : \w+ : /, '')
    .trim()
    .replace(/\.$/, '');
  return plain.length > MESSAGE_LIMIT ? `${plain.slice(0, MESSAGE_LIMIT)}...` : plain;
}

/** The node a native run-time message names ("while running Conv node. Name:'x'"). */
function nodeOf(cause: unknown): { node?: string; op?: string } {
  const found = /running (\w+) node\. Name:'([^']*)'/.exec(cause instanceof Error ? cause.message : '');
  return found ? { op: found[1]!, node: found[2]! } : {};
}
