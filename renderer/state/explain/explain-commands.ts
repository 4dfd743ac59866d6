/** What the keyboard does on the Explain page. */
import { explainText } from '../../text/en/explain.ts';
import type { Command } from '../commands.svelte.ts';
import { LAYERS } from './layers.ts';
import type { LayerName } from './layers.ts';

/** What the page can do. */
export interface ExplainActions {
  readonly step: (to: 'previous' | 'next') => void;
  readonly canStep: (to: 'previous' | 'next') => boolean;
  readonly compare: () => void;
  readonly canCompare: () => boolean;
  readonly focusBars: () => void;
  readonly choose: (layer: LayerName) => void;
  readonly openFile: () => void;
  readonly measureCurves: () => void;
  readonly canMeasure: () => boolean;
}

/** Commands of the page, for the registry. */
export function explainCommands(actions: ExplainActions): readonly Command[] {
  return [
    {
      id: 'explain.next',
      title: explainText.next,
      shortcut: 'ArrowRight',
      run: () => actions.step('next'),
      isEnabled: () => actions.canStep('next'),
    },
    {
      id: 'explain.previous',
      title: explainText.previous,
      shortcut: 'ArrowLeft',
      run: () => actions.step('previous'),
      isEnabled: () => actions.canStep('previous'),
    },
    {
      id: 'explain.compare',
      title: explainText.compare,
      shortcut: 'C',
      run: actions.compare,
      isEnabled: actions.canCompare,
    },
    { id: 'explain.bars', title: explainText.bars, shortcut: ['ArrowDown', 'ArrowUp'], run: actions.focusBars },
    { id: 'explain.open', title: explainText.open, shortcut: 'O', run: actions.openFile },
    {
      id: 'explain.curves',
      title: explainText.curvesCommand,
      shortcut: 'I',
      run: actions.measureCurves,
      isEnabled: actions.canMeasure,
    },
    ...LAYERS.map((layer, index) => ({
      id: `explain.layer.${layer}`,
      title: explainText.showLayer(explainText.layer[layer]),
      shortcut: String(index + 1),
      run: () => actions.choose(layer),
    })),
  ];
}
