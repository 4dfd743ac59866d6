/** What implements one procedure of the contract's table. */
import type { z } from 'zod';
import type { Output, ProcedureName, PROCEDURES } from '../../../preload/contract/index.ts';
import type { Caller } from '../application.ts';
import type { Hooks } from '../context.ts';

/** Input after validation, defaults filled in. */
export type Checked<Name extends ProcedureName> = z.output<(typeof PROCEDURES)[Name]['input']>;

/** The call beside its input: who, and for jobs how it is watched and stopped. */
export interface Call extends Caller, Hooks {
  /** Number of the job this call became; absent for queries and commands. */
  readonly jobId?: number;
}

/** Readonly data as services hold it: the dispatcher's check of the output makes the copy that leaves. */
export type Answer<T> = T extends Uint8Array
  ? Uint8Array
  : T extends Int16Array
    ? Int16Array
    : T extends Int32Array
      ? Int32Array
      : T extends Float32Array
        ? Float32Array
        : T extends object
          ? { readonly [Key in keyof T]: Answer<T[Key]> }
          : T;

/** Does one procedure. Throws EngineError, StoreError, JobError, FileError for what a user can act on. */
export type Handler<Name extends ProcedureName> = (
  input: Checked<Name>,
  call: Call,
) => Answer<Output<Name>> | Promise<Answer<Output<Name>>>;

/** The table, implemented: total by the compiler. */
export type Handlers = { readonly [Name in ProcedureName]: Handler<Name> };

/** The part of the table whose names begin with one of these topics. */
export type HandlersOf<Topic extends string> = {
  readonly [Name in Extract<ProcedureName, `${Topic}.${string}`>]: Handler<Name>;
};
