/** Public entry of the services: the application as carriers call it, and its actions one by one. */
import { createContext } from './context.ts';
import type { Surroundings } from './context.ts';
import { servicesOver } from './create-services.ts';
import type { Services } from './services.ts';

export type { Application, Asset, Caller, Host } from './application.ts';
export { createContext } from './context.ts';
export type { Hooks, ServiceContext, Surroundings } from './context.ts';
export { createApplication } from './create-application.ts';
export type * from './services.ts';

/** Builds the services over what an entry hands in; nothing is opened or started before it is asked for. */
export function createServices(surroundings: Surroundings): Services {
  return servicesOver(createContext(surroundings));
}
