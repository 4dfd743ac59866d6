/** What one row of the table of procedures is. */
import type { z } from 'zod';

/** Who may call: a viewer looks, an annotator also changes words, an auditor may everything. */
export const ROLES = ['viewer', 'annotator', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/**
 * query: reads, may be repeated. command: changes something, answers when it is kept. job: long; the call answers with a
 * ticket at once, progress and result come as events, `output` describes the result.
 */
export type ProcedureKind = 'query' | 'command' | 'job';

/** One thing the application can do. */
export interface Procedure<Kind extends ProcedureKind, In extends z.ZodType, Out extends z.ZodType> {
  readonly kind: Kind;
  /** Least role that may call it. */
  readonly role: Role;
  readonly input: In;
  readonly output: Out;
}

/** A row that reads. */
export const query = <In extends z.ZodType, Out extends z.ZodType>(
  role: Role,
  input: In,
  output: Out,
): Procedure<'query', In, Out> => ({ kind: 'query', role, input, output });

/** A row that changes something. */
export const command = <In extends z.ZodType, Out extends z.ZodType>(
  role: Role,
  input: In,
  output: Out,
): Procedure<'command', In, Out> => ({ kind: 'command', role, input, output });

/** A row that starts long work. */
export const job = <In extends z.ZodType, Out extends z.ZodType>(
  role: Role,
  input: In,
  output: Out,
): Procedure<'job', In, Out> => ({ kind: 'job', role, input, output });
