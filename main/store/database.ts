/** One connection to a SQLite file: cached statements, typed failures, transactions that nest. */
import BetterSqlite3 from 'better-sqlite3';
import { storeError } from './failures.ts';
import type { Sql } from './sql.ts';

/** How to open a connection. */
export interface ConnectionOptions {
  readonly isReadonly?: boolean;
  /** Default true: the file must be there. */
  readonly mustExist?: boolean;
  /** How long a statement waits for another connection, ms; default 5000. */
  readonly busyTimeoutMs?: number;
}

/** Longest wait of a statement for another connection, ms: long enough for a checkpoint on a slow disk. */
const BUSY_TIMEOUT_MS = 5000;

/** A connection. Row types are what the STRICT tables promise for the selected columns. */
export class Database {
  readonly file: string;
  readonly #connection: BetterSqlite3.Database;
  readonly #statements = new Map<string, BetterSqlite3.Statement>();

  /** @throws StoreError 'input-output' | 'read-only' | 'corrupt' */
  constructor(file: string, options: ConnectionOptions = {}) {
    this.file = file;
    try {
      this.#connection = new BetterSqlite3(file, {
        readonly: options.isReadonly ?? false,
        fileMustExist: options.mustExist ?? true,
        timeout: options.busyTimeoutMs ?? BUSY_TIMEOUT_MS,
      });
    } catch (error) {
      throw storeError(error, file);
    }
  }

  /** The first row, or undefined. */
  get<Row>(query: Sql): Row | undefined {
    return this.#guard(() => this.#prepare(query.text).get(...query.values) as Row | undefined);
  }

  /** All rows. */
  all<Row>(query: Sql): Row[] {
    return this.#guard(() => this.#prepare(query.text).all(...query.values) as Row[]);
  }

  /** Rows one at a time. While it goes on, this connection can do nothing else; the statement is its own. */
  *iterate<Row>(query: Sql): IterableIterator<Row> {
    try {
      yield* this.#connection.prepare(query.text).iterate(...query.values) as IterableIterator<Row>;
    } catch (error) {
      throw storeError(error, this.file);
    }
  }

  /** Runs a statement; gives the number of changed rows and the identifier of the last inserted one. */
  run(query: Sql): { readonly changes: number; readonly insertedId: number } {
    return this.#guard(() => {
      const result = this.#prepare(query.text).run(...query.values);
      return { changes: result.changes, insertedId: Number(result.lastInsertRowid) };
    });
  }

  /** Runs a script of our own (migrations, pragmas); never text from outside. */
  script(text: string): void {
    this.#guard(() => void this.#connection.exec(text));
  }

  /** The first value that a pragma of our own gives. */
  pragma(text: string): string | number | null {
    return this.#guard(() => this.#connection.pragma(text, { simple: true }) as string | number | null);
  }

  /** All rows that a pragma of our own gives. */
  pragmaRows<Row>(text: string): Row[] {
    return this.#guard(() => this.#connection.pragma(text) as Row[]);
  }

  /** Runs `work` in a transaction that takes the write lock at once; a throw rolls everything back. Nested: a savepoint. */
  transaction<Result>(work: () => Result): Result {
    return this.#guard(() => this.#connection.transaction(work).immediate());
  }

  /** Runs `work` on one unchanging view of the file. */
  snapshot<Result>(work: () => Result): Result {
    return this.#guard(() => this.#connection.transaction(work).deferred());
  }

  /** Idempotent. */
  close(): void {
    this.#statements.clear();
    this.#guard(() => void this.#connection.close());
  }

  #prepare(text: string): BetterSqlite3.Statement {
    const known = this.#statements.get(text);
    if (known) return known;
    const statement = this.#connection.prepare(text);
    this.#statements.set(text, statement);
    return statement;
  }

  #guard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw storeError(error, this.file);
    }
  }
}
