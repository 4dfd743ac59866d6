/** Probing of execution providers and the choice among them. */
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { EngineError } from '../../main/engine/errors.ts';
import type { GraphRunner } from '../../main/engine/runner.ts';
import { chooseProvider, decideProvider, failedProbe } from '../../main/engine/runtime/provider-choice.ts';
import type { ProbeResult } from '../../main/engine/runtime/provider-choice.ts';
import { listProviders, probeProvider } from '../../main/engine/runtime/providers.ts';
import { createRunner } from '../../main/engine/runtime/session.ts';
import type { ProviderName } from '../../main/engine/runtime/session.ts';
import { prepareSoftwareVulkan } from '../support/software-vulkan.ts';

function works(provider: ProviderName, stepMs: number): ProbeResult {
  return { provider, supported: true, available: true, working: true, differenceToCpu: 1e-6, stepMs, reason: '' };
}

/** The CPU under every name, but with what `spoil` does to the named provider's results. */
function spoiled(bad: ProviderName, spoil: (element: number) => number): (provider: ProviderName) => GraphRunner {
  return (provider) => {
    const cpu = createRunner({ provider: 'cpu' });
    if (provider !== bad) return cpu;
    return {
      ...cpu,
      async open(graph) {
        const session = await cpu.open(graph);
        return {
          dispose: () => session.dispose(),
          async run(inputs) {
            const outputs = await session.run(inputs);
            for (const { data } of Object.values(outputs)) data[0] = spoil(Number(data[0]));
            return outputs;
          },
        };
      },
    };
  };
}

describe('probing', () => {
  test('every provider is listed and the CPU is always supported', () => {
    const list = listProviders();
    expect(list.map(({ provider }) => provider)).toEqual(['cpu', 'webgpu', 'cuda', 'tensorrt', 'dml', 'coreml']);
    expect(list[0]).toEqual({ provider: 'cpu', supported: true, bundled: true });
  });

  test('the CPU works and equals itself', async () => {
    const result = await probeProvider('cpu');
    expect(result).toMatchObject({ provider: 'cpu', available: true, working: true, differenceToCpu: 0, reason: '' });
    expect(result.stepMs).toBeGreaterThan(0);
  });

  test('a provider of another system is not available', async () => {
    const foreign = process.platform === 'win32' ? 'coreml' : 'dml';
    expect(await probeProvider(foreign)).toEqual(
      failedProbe(foreign, `this build of onnxruntime has no ${foreign}`, { supported: false }),
    );
  });

  test.each([
    ['a few per cent off', (element: number) => element * 1.03 + 1],
    ['not a number', () => NaN],
  ])('a provider whose results are %s does not work', async (_, spoil) => {
    const result = await probeProvider('webgpu', spoiled('webgpu', spoil));
    expect(result).toMatchObject({ available: true, working: false });
    expect(result.reason).toMatch(/^its results differ from the CPU by /);
  });

  test('rounding of the size that TF32 has is accepted', async () => {
    const result = await probeProvider(
      'webgpu',
      spoiled('webgpu', (element) => element * 1.0005),
    );
    expect(result.working).toBe(true);
    expect(result.differenceToCpu).toBeGreaterThan(0);
  });

  test('a provider that refuses the step gives its reason', async () => {
    const refusing: GraphRunner = {
      provider: 'webgpu',
      open: () => Promise.reject(new EngineError('provider-failed', 'long text', { found: 'out of memory' })),
      openModel: () => Promise.reject(new Error('not used')),
    };
    expect(await probeProvider('webgpu', () => refusing)).toEqual(failedProbe('webgpu', 'out of memory'));
  });
});

describe('choosing', () => {
  const cpu = works('cpu', 20);

  test('a faster provider is chosen with the reason', () => {
    const { provider, reason } = chooseProvider([cpu, works('webgpu', 4)]);
    expect(provider).toBe('webgpu');
    expect(reason).toBe('webgpu: 4.0 ms a probe step, 5.0 times the speed of the CPU');
  });

  test('among faster ones the order of preference decides', () => {
    expect(chooseProvider([cpu, works('webgpu', 4), works('cuda', 5)]).provider).toBe('cuda');
  });

  test('a driver in software is not chosen over the CPU', () => {
    const { provider, reason } = chooseProvider([cpu, works('webgpu', 2400)]);
    expect(provider).toBe('cpu');
    expect(reason).toBe('cpu; webgpu works but is slower: 2400 ms against 20 ms');
  });

  test('what does not work is passed over and named', () => {
    const { provider, reason } = chooseProvider([
      cpu,
      failedProbe('cuda', 'its libraries are not installed', { available: false }),
    ]);
    expect(provider).toBe('cpu');
    expect(reason).toBe('cpu; cuda: its libraries are not installed');
  });

  test('what this build cannot have is not worth a word', () => {
    expect(chooseProvider([cpu, failedProbe('dml', 'no dml', { supported: false })]).reason).toBe('cpu');
  });

  test('auto probes every provider but TensorRT, the CPU among them', async () => {
    const asked: ProviderName[] = [];
    const { provider } = await decideProvider('auto', (name) => {
      asked.push(name);
      return Promise.resolve(name === 'cpu' ? cpu : failedProbe(name, 'the process died'));
    });
    expect(provider).toBe('cpu');
    expect(asked).toEqual(['cuda', 'dml', 'coreml', 'webgpu', 'cpu']);
  });

  test('a provider asked for by name is never replaced', async () => {
    const died = () => Promise.resolve(failedProbe('cuda', 'the process died'));
    await expect(decideProvider('cuda', died)).rejects.toMatchObject({
      code: 'provider-failed',
      message: 'Device "cuda" cannot be used: the process died. Choose --device auto or cpu.',
    });
  });

  test('the CPU asked for by name is not probed', async () => {
    const never = () => Promise.reject(new Error('probed'));
    expect((await decideProvider('cpu', never)).provider).toBe('cpu');
  });
});

const vulkan = prepareSoftwareVulkan();

describe.skipIf(!vulkan.ready)(`WebGPU in software${vulkan.ready ? '' : ` (skipped: ${vulkan.reason})`}`, () => {
  // The driver compiles its kernels on the processor: seconds on an idle machine, more on a busy one.
  test('computes the probe step rightly', { timeout: 240_000 }, () => {
    const module = new URL('../../main/engine/runtime/providers.ts', import.meta.url).href;
    const script = `console.log(JSON.stringify(await (await import('${module}')).probeProvider('webgpu')))`;
    const env = { ...process.env, ...(vulkan.ready ? vulkan.env : {}) };
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' });
    const result = JSON.parse(output) as ProbeResult;
    expect(result).toMatchObject({ available: true, working: true });
    expect(result.differenceToCpu).toBeLessThan(1e-4);
  });
});
