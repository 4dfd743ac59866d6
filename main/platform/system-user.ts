/** Who acts: as the environment says, else as the operating system does. */
import { userInfo } from 'node:os';

/** Name of the actor in journals when the system has none to give. */
const UNKNOWN_ACTOR = 'unknown';

/** Environment variable that names the actor. */
const ACTOR_VARIABLE = 'VISLEX_ACTOR';

/** The name that goes into journals unless the settings have another. */
export function systemUser(env: Readonly<Record<string, string | undefined>>): string {
  const chosen = env[ACTOR_VARIABLE];
  if (chosen) return chosen;
  try {
    return userInfo().username;
  } catch (error) {
    // A container may run under a number that has no name; any other failure is worth seeing.
    if (error instanceof Error && 'code' in error) return UNKNOWN_ACTOR;
    throw error;
  }
}
