/** Looks after open projects: their journal is verified after opening, and they are backed up when they changed. */
import type { OpenProject, ProjectHealth, ProjectKey } from '../../preload/contract/index.ts';
import { removeIfThere } from '../platform/files.ts';
import { backupFolder } from '../platform/paths.ts';
import type { ProjectReader } from '../store/index.ts';
import { backupPath, listBackups, listHalfBackups, thin } from './backups.ts';
import type { ServiceContext } from './context.ts';

/** First look for a change after opening: the windows come first. */
const FIRST_BACKUP_MS = 60_000;

/** reliability.md: every 30 minutes if changed. */
const BACKUP_INTERVAL_MS = 30 * 60_000;

/** What is known of one open project. */
interface Watch {
  readonly path: string;
  check: { readonly isVerified: boolean; readonly checkedAt: string; readonly broken: string | null } | undefined;
  /** Why the last attempt of a check or backup failed. */
  readonly failures: Map<'check' | 'backup', string>;
  readonly timers: NodeJS.Timeout[];
}

/** Looks after open projects. */
export interface HealthWatch {
  /** Begins to look after a project; called again, it does nothing. */
  watch(project: OpenProject): void;
  /** Ends it. Idempotent. */
  leave(key: ProjectKey): void;
  /** What is known now. */
  report(key: ProjectKey): ProjectHealth;
  /** Makes a backup and thins old ones. @throws StoreError as `ReadingThread.backUp` does */
  backUp(path: string): Promise<{ readonly path: string; readonly sizeBytes: number }>;
  dispose(): void;
}

/** A watch over nothing yet. */
export function createHealthWatch(context: ServiceContext): HealthWatch {
  const { clock, log, projects, upkeep } = context;
  const watches = new Map<ProjectKey, Watch>();

  async function checkJournal(watch: Watch): Promise<void> {
    const { head, broken } = await upkeep.verifyJournal(watch.path);
    watch.check = { isVerified: broken === null, checkedAt: clock.now().toISOString(), broken };
    if (broken !== null) log.error('the journal is broken', { file: watch.path, entry: head.seq, reason: broken });
  }

  /** One after the other, so that what lies around half-written is of an end in the middle. */
  let lastBackup: Promise<unknown> = Promise.resolve();

  function backUp(path: string): Promise<{ readonly path: string; readonly sizeBytes: number }> {
    const made = lastBackup.then(() => backUpNow(path));
    lastBackup = made.catch(() => undefined);
    return made;
  }

  async function backUpNow(path: string): Promise<{ readonly path: string; readonly sizeBytes: number }> {
    for (const half of listHalfBackups(path)) removeIfThere(half);
    const made = await upkeep.backUp(path, backupPath(path, clock.now()));
    for (const old of thin(listBackups(path), clock.now())) removeIfThere(old.path);
    return made;
  }

  async function backUpIfChanged(key: ProjectKey, watch: Watch): Promise<void> {
    const saved = lastSaved(projects.get(key).reader.read);
    const [newest] = listBackups(watch.path);
    if (saved === null || (newest && newest.madeAt.getTime() > Date.parse(saved))) return;
    await backUp(watch.path);
  }

  /** Upkeep runs beside the user's work: a failure is kept for the report. */
  function attempt(watch: Watch, what: 'check' | 'backup', action: () => Promise<void>): void {
    action().then(
      () => void watch.failures.delete(what),
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        watch.failures.set(what, reason);
        log.warn('upkeep of a project failed', { file: watch.path, what, reason });
      },
    );
  }

  function leave(key: ProjectKey): void {
    for (const timer of watches.get(key)?.timers ?? []) clearTimeout(timer);
    watches.delete(key);
  }

  return {
    watch: ({ project: key, path, isReadOnly }) => {
      const known = watches.get(key);
      if (known && (isReadOnly || known.timers.length > 0)) return;
      const watch: Watch = { path, check: undefined, failures: new Map(), timers: [] };
      watches.set(key, watch);
      attempt(watch, 'check', () => checkJournal(watch));
      // Whoever writes to it backs it up.
      if (isReadOnly) return;
      const backup = () => attempt(watch, 'backup', () => backUpIfChanged(key, watch));
      watch.timers.push(setTimeout(backup, FIRST_BACKUP_MS).unref(), setInterval(backup, BACKUP_INTERVAL_MS).unref());
    },
    leave,
    report: (key) => {
      const { facts, reader } = projects.get(key);
      const watch = watches.get(key);
      const { seq, hash } = reader.read.journal.head();
      return {
        journal: {
          isVerified: watch?.check?.isVerified ?? null,
          entryCount: seq,
          head: hash,
          checkedAt: watch?.check?.checkedAt ?? null,
          broken: watch?.check?.broken ?? null,
        },
        lastBackupAt: listBackups(facts.path)[0]?.madeAt.toISOString() ?? null,
        backupFolder: backupFolder(facts.path),
        lastSavedAt: lastSaved(reader.read),
        warnings: [...facts.notes, ...(watch?.failures.values() ?? [])],
      };
    },
    backUp,
    dispose: () => {
      for (const key of [...watches.keys()]) leave(key);
    },
  };
}

/** Time of the newest entry of the journal. */
function lastSaved(read: ProjectReader): string | null {
  return read.journal.list({ limit: 1 })[0]?.time ?? null;
}
