/** Services that only remember how they were called: what a carrier hands on is its whole contract. */
import type { Services } from '../../main/services/index.ts';

/** One call: method and arguments; hooks are left out, they differ in every call. */
export type Call = readonly [name: string, ...unknown[]];

function isHooks(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'signal' in value;
}

/**
 * Makes services whose methods answer from `answers` (a function is called with the arguments, and may throw).
 * @returns the services and the calls they got, in order
 */
export function recordingServices(answers: Partial<Record<keyof Services, unknown>> = {}): {
  readonly services: Services;
  readonly calls: readonly Call[];
} {
  const calls: Call[] = [];
  const services = new Proxy({} as Services, {
    get: (_target, name: string) =>
      name === 'then'
        ? undefined
        : async (...given: readonly unknown[]) => {
            calls.push([name, ...given.filter((value) => !isHooks(value))]);
            const answer = answers[name as keyof Services] ?? {};
            return typeof answer === 'function'
              ? await (answer as (...values: readonly unknown[]) => unknown)(...given)
              : answer;
          },
  });
  return { services, calls };
}
