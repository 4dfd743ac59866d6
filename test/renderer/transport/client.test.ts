/** The client: what it lets through in both directions, and how it waits for jobs. */
import { describe, expect, test, vi } from 'vitest';
import { CallError, type AnyEvent, type JobSnapshot, type Reply } from '../../../preload/contract/index.ts';
import { createClient, type Carrier } from '../../../renderer/transport/index.ts';

const job = (state: JobSnapshot['state'], changes: Partial<JobSnapshot> = {}): JobSnapshot => ({
  jobId: 7,
  procedure: 'projects.sample',
  project: null,
  title: 'Making the sample project',
  state,
  canPause: false,
  progress: null,
  startedAt: '2026-11-24T10:00:00.000Z',
  finishedAt: null,
  error: null,
  ...changes,
});

/** A carrier in memory that answers as the contract says. */
function memoryCarrier(answers: Readonly<Record<string, () => Reply>>) {
  const listeners = new Set<(event: AnyEvent) => void>();
  const connection = new Set<(isConnected: boolean) => void>();
  const carrier: Carrier = {
    call: async (name) =>
      answers[name]?.() ?? { ok: false, error: { code: 'unknown-procedure', message: name, details: {} } },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    pathOf: () => '',
    watchConnection: (listener) => {
      connection.add(listener);
      return () => void connection.delete(listener);
    },
  };
  return {
    carrier,
    tell: (event: unknown) => listeners.forEach((listener) => listener(event as AnyEvent)),
    connect: (isConnected: boolean) => connection.forEach((listener) => listener(isConnected)),
  };
}
const ok = (value: unknown) => (): Reply => ({ ok: true, value });

describe('a call', () => {
  test('fails with the code and sentence of the application', async () => {
    const { carrier } = memoryCarrier({
      'projects.recent': () => ({
        ok: false,
        error: { code: 'forbidden', message: 'Not you.', details: { role: 'viewer' } },
      }),
    });
    await expect(createClient(carrier).call('projects.recent', {})).rejects.toMatchObject({
      code: 'forbidden',
      message: 'Not you.',
      details: { role: 'viewer' },
    });
  });

  test('refuses an answer that does not fit the contract', async () => {
    const { carrier } = memoryCarrier({ 'projects.recent': ok([{ path: 1 }]) });
    await expect(createClient(carrier).call('projects.recent', {})).rejects.toMatchObject({ code: 'internal' });
  });
});

describe('events', () => {
  test('that do not fit the contract reach the report, not the page', () => {
    const { carrier, tell } = memoryCarrier({});
    const report = vi.fn();
    const heard = vi.fn();
    createClient(carrier, report).on('job', heard);
    tell({ name: 'job', payload: { jobId: 'seven' } });
    tell({ name: 'constructor', payload: null });
    expect(heard).not.toHaveBeenCalled();
    expect(report).toHaveBeenCalledTimes(2);
  });

  test('stop when asked to', () => {
    const { carrier, tell } = memoryCarrier({});
    const client = createClient(carrier);
    const heard = vi.fn();
    const stop = client.on('navigate', heard);
    tell({ name: 'navigate', payload: { to: 'help' } });
    stop();
    tell({ name: 'navigate', payload: { to: 'new' } });
    expect(heard.mock.calls).toEqual([[{ to: 'help' }]]);
  });
});

describe('a job', () => {
  const ticket = { 'projects.sample': ok({ jobId: 7 }) };

  test('resolves with its checked result when it is done', async () => {
    const { carrier, tell } = memoryCarrier({ ...ticket, 'jobs.result': ok({ path: '/demo.vislex' }) });
    const handle = await createClient(carrier).start('projects.sample', {});
    tell({ name: 'job', payload: job('running') });
    tell({ name: 'job', payload: job('done') });
    await expect(handle.result).resolves.toEqual({ path: '/demo.vislex' });
  });

  test('that ended before its ticket arrived is not waited for in vain', async () => {
    const memory = memoryCarrier({
      'projects.sample': () => {
        memory.tell({ name: 'job', payload: job('done') });
        return { ok: true, value: { jobId: 7 } };
      },
      'jobs.result': ok({ path: '/demo.vislex' }),
    });
    const handle = await createClient(memory.carrier).start('projects.sample', {});
    await expect(handle.result).resolves.toEqual({ path: '/demo.vislex' });
  });

  test('rejects with its error when it failed, and with "cancelled" when it was cancelled', async () => {
    const { carrier, tell } = memoryCarrier(ticket);
    const client = createClient(carrier);
    const failing = await client.start('projects.sample', {});
    tell({
      name: 'job',
      payload: job('failed', { error: { code: 'disk-full', message: 'The disk is full.', details: {} } }),
    });
    await expect(failing.result).rejects.toMatchObject({ code: 'disk-full' });
    const cancelled = client.follow('projects.sample', 8);
    tell({ name: 'job', payload: job('cancelled', { jobId: 8 }) });
    await expect(cancelled.result).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('whose end was missed is found when the connection is back', async () => {
    const { carrier, connect } = memoryCarrier({
      ...ticket,
      'jobs.list': ok([job('done')]),
      'jobs.result': ok({ path: '/demo.vislex' }),
    });
    const handle = await createClient(carrier).start('projects.sample', {});
    connect(true);
    await expect(handle.result).resolves.toEqual({ path: '/demo.vislex' });
  });

  test('that went down with the program is told as lost', async () => {
    const { carrier, connect } = memoryCarrier({ ...ticket, 'jobs.list': ok([]) });
    const handle = await createClient(carrier).start('projects.sample', {});
    connect(true);
    await expect(handle.result).rejects.toBeInstanceOf(CallError);
    await expect(handle.result).rejects.toMatchObject({ code: 'disconnected' });
  });
});
