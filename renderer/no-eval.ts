/** Tells the schema library that code made from text is forbidden here; must be imported before the contract. */
import { config } from 'zod';

config({ jitless: true });
