/** Puts the state of the words page together. */
import type { OpenProject } from '../../../preload/contract/index.ts';
import { formatNumber } from '../../lenses/format.ts';
import type { AppState } from '../../state/app.svelte.ts';
import { WordActions } from '../../state/words/actions.svelte.ts';
import type { Reporter } from '../../state/words/actions.svelte.ts';
import type { WordsPage } from '../../state/words/context.ts';
import { EffectState } from '../../state/words/effect.svelte.ts';
import { EvidenceState } from '../../state/words/evidence.svelte.ts';
import { GalleryState } from '../../state/words/gallery.svelte.ts';
import type { Address } from '../../state/words/gallery.svelte.ts';
import { LightboxState } from '../../state/words/lightbox.svelte.ts';
import { MapState } from '../../state/words/map.svelte.ts';
import { NamingState } from '../../state/words/naming.svelte.ts';
import { WordsState } from '../../state/words/words.svelte.ts';
import { wordsText } from '../../text/en/words.ts';
import type { Client } from '../../transport/index.ts';
import { toast } from '../../ui/toast.ts';

/** Makes the page's state; call it while the page is set up. */
export function createWordsPage(client: Client, project: OpenProject, app: AppState, address: Address): WordsPage {
  const key = project.project;
  const words = new WordsState(client, key);
  const gallery = new GalleryState(words, address);
  const naming = new NamingState(words, gallery);
  const question = new EffectState(client, key);
  const report: Reporter = {
    done(line, measured) {
      const before = measured?.before.predictionFidelity.value ?? null;
      const after = measured?.after.predictionFidelity.value ?? null;
      const change =
        before === null || after === null
          ? ''
          : ` · ${wordsText.change(formatNumber(before, 'percent'), formatNumber(after, 'percent'))}`;
      toast.done(`${line.detail}${change}`, { label: wordsText.undo, run: () => void actions.undo() });
    },
    stepped: (line) => toast.note(line.detail),
    nothing: (why) =>
      toast.note({ undo: wordsText.nothingToUndo, redo: wordsText.nothingToRedo, merge: wordsText.mergeNeedsTwo }[why]),
    failed: (error) => toast.failed(error),
  };
  const actions = new WordActions(words, gallery, question, report);
  return {
    project,
    words,
    gallery,
    naming,
    question,
    actions,
    evidence: new EvidenceState(client, key),
    without: new EffectState(client, key),
    map: new MapState(client, key),
    lightbox: new LightboxState(),
    get lock() {
      if (!app.canEdit) return wordsText.viewer;
      return project.isReadOnly ? project.notes.join(' ') : null;
    },
  };
}
