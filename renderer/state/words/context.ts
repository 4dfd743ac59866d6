/** What the regions of the words page share. */
import { createContext } from 'svelte';
import type { OpenProject } from '../../../preload/contract/index.ts';
import type { WordActions } from './actions.svelte.ts';
import type { EffectState } from './effect.svelte.ts';
import type { EvidenceState } from './evidence.svelte.ts';
import type { GalleryState } from './gallery.svelte.ts';
import type { LightboxState } from './lightbox.svelte.ts';
import type { MapState } from './map.svelte.ts';
import type { NamingState } from './naming.svelte.ts';
import type { WordsState } from './words.svelte.ts';

/** State of the page, made once by it. */
export interface WordsPage {
  readonly project: OpenProject;
  readonly words: WordsState;
  readonly gallery: GalleryState;
  readonly naming: NamingState;
  readonly evidence: EvidenceState;
  /** What an action would do, asked before it is done. */
  readonly question: EffectState;
  /** The effect of leaving out the word that is looked at, in the inspector. */
  readonly without: EffectState;
  readonly map: MapState;
  readonly actions: WordActions;
  readonly lightbox: LightboxState;
  /** Why words cannot be changed here; null: they can. */
  readonly lock: string | null;
}

export const [getWordsPage, provideWordsPage] = createContext<WordsPage>();
