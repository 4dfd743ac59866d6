/** The application as a carrier holds it, over a tiny world. */
import { CallError } from '../../preload/contract/index.ts';
import type {
  AnyEvent,
  Input,
  JobName,
  JobSnapshot,
  JobTicket,
  Output,
  ProcedureName,
} from '../../preload/contract/index.ts';
import { createJobQueue } from '../../main/jobs/index.ts';
import type { JobQueue } from '../../main/jobs/index.ts';
import { systemClock } from '../../main/platform/clock.ts';
import type { Log, LogFields } from '../../main/platform/log.ts';
import { createApplication } from '../../main/services/index.ts';
import type { Application, Caller, Host } from '../../main/services/index.ts';
import type { TinyWorld } from './tiny-project.ts';

/** Who calls unless a test says otherwise. */
export const TESTER: Caller = { actor: 'tester', role: 'auditor' };

/** An application under test. */
export interface TinyApplication {
  readonly application: Application;
  /** Everything that was told, oldest first. */
  readonly events: readonly AnyEvent[];
  /** Lines of the log above 'info'. */
  readonly complaints: readonly { readonly message: string; readonly fields: LogFields }[];
  /** Calls as a client does. @throws CallError */
  call<Name extends ProcedureName>(
    name: Name,
    input: Input<Name>,
    caller?: Caller,
  ): Promise<Name extends JobName ? JobTicket : Output<Name>>;
  /** The job's snapshot as soon as it satisfies `matches`. */
  until(jobId: number, matches: (job: JobSnapshot) => boolean): Promise<JobSnapshot>;
  /** Starts a job and waits for its result. @throws CallError */
  finish<Name extends JobName>(name: Name, input: Input<Name>): Promise<Output<Name>>;
  close(): Promise<void>;
}

const isEnded = ({ state }: JobSnapshot) => state === 'done' || state === 'failed' || state === 'cancelled';

/** What a test hands in instead of the usual. */
export interface TinySurroundings {
  readonly jobs?: JobQueue;
  readonly interactive?: JobQueue;
  readonly pictures?: JobQueue;
  readonly dataFolder?: string;
}

/** Opens it over the world's folder; two compute processes, as the window has. */
export function openTinyApplication(world: TinyWorld, host?: Host, given: TinySurroundings = {}): TinyApplication {
  const events: AnyEvent[] = [];
  const complaints: { message: string; fields: LogFields }[] = [];
  const complain = (message: string, fields: LogFields = {}) => void complaints.push({ message, fields });
  const log: Log = { debug: () => undefined, info: () => undefined, warn: complain, error: complain };
  const application = createApplication(
    {
      jobs: given.jobs ?? createJobQueue(),
      interactive: given.interactive ?? createJobQueue(),
      ...(given.pictures && { pictures: given.pictures }),
      clock: systemClock,
      log,
      actor: 'tester',
      appVersion: '0.0.0',
      resourcesFolder: world.at('resources'),
      dataFolder: given.dataFolder ?? world.at('data'),
    },
    host,
  );
  application.subscribe((event) => void events.push(event));

  async function call(name: string, input: unknown, caller = TESTER): Promise<unknown> {
    const reply = await application.call(name, input, caller);
    if (reply.ok) return reply.value;
    throw new CallError(reply.error);
  }

  function until(jobId: number, matches: (job: JobSnapshot) => boolean): Promise<JobSnapshot> {
    return new Promise((resolve, reject) => {
      const stop = application.subscribe((event) => {
        if (event.name === 'job' && event.payload.jobId === jobId) look(event.payload);
      });
      function look(job: JobSnapshot): void {
        if (!matches(job)) {
          if (!isEnded(job)) return;
          reject(new Error(`job ${jobId} is ${job.state}: ${job.error?.message ?? ''}`));
        }
        resolve(job);
        stop();
      }
      void (call('jobs.list', {}) as Promise<JobSnapshot[]>).then((jobs) => {
        const job = jobs.find((one) => one.jobId === jobId);
        if (job) look(job);
      }, reject);
    });
  }

  return {
    application,
    events,
    complaints,
    call: call as TinyApplication['call'],
    until,
    finish: async (name, input) => {
      const { jobId } = (await call(name, input)) as JobTicket;
      await until(jobId, isEnded);
      return (await call('jobs.result', { jobId })) as never;
    },
    close: () => application.dispose(),
  };
}
