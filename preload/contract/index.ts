/** Public entry of the contract: the data that crosses process borders. Imports nothing but its own folder. */
export type * from './domain.ts';
export type * from './measures.ts';
