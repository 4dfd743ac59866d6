/** THE table: everything a window, a browser or a script can ask of Vislex. */
import type { z } from 'zod';
import type { Procedure, ProcedureKind } from './procedure.ts';
import { applicationProcedures } from './procedures/application.ts';
import { imageProcedures } from './procedures/images.ts';
import { projectProcedures } from './procedures/projects.ts';
import { runProcedures } from './procedures/runs.ts';
import { wordProcedures } from './procedures/words.ts';

/** By name, `topic.verb`. */
export const PROCEDURES = {
  ...applicationProcedures,
  ...projectProcedures,
  ...runProcedures,
  ...wordProcedures,
  ...imageProcedures,
} as const satisfies Record<string, Procedure<ProcedureKind, z.ZodType, z.ZodType>>;

export type ProcedureName = keyof typeof PROCEDURES;

/** What a caller sends. */
export type Input<Name extends ProcedureName> = z.input<(typeof PROCEDURES)[Name]['input']>;

/** What the procedure results in; a job's call itself answers with a JobTicket. */
export type Output<Name extends ProcedureName> = z.output<(typeof PROCEDURES)[Name]['output']>;

type OfKind<Kind extends ProcedureKind> = {
  [Name in ProcedureName]: (typeof PROCEDURES)[Name]['kind'] extends Kind ? Name : never;
}[ProcedureName];

/** Procedures that answer with a ticket. */
export type JobName = OfKind<'job'>;

/** Procedures that answer with their result. */
export type CallName = OfKind<'query' | 'command'>;

/** True for a name of the table. */
export function isProcedureName(name: string): name is ProcedureName {
  return Object.hasOwn(PROCEDURES, name);
}
