/** First code of the page: forbids code made from text to the schema library before any schema exists. */
import { config } from 'zod';
import './styles/tokens.css';
import './styles/base.css';

config({ jitless: true });
// Only now: a bundler may evaluate what is imported at the top in any order.
void import('./start.ts');
