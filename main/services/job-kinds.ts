/** What the board needs to know of each long action. */
import type { JobName } from '../../preload/contract/index.ts';
import type { Checked } from './procedures/handler.ts';

/** One long action. */
export interface JobKind<Name extends JobName> {
  /** 'heavy' jobs use all cores for minutes and run one at a time; 'light' ones run beside them. */
  readonly weight: 'heavy' | 'light';
  /** Stopped and started again with the same input, it goes on from where it was. */
  readonly canPause: boolean;
  /** For people, in the present: 'Learning 72 words'. */
  readonly title: (input: Checked<Name>) => string;
}

/** By name: total by the compiler. */
export const JOB_KINDS: { readonly [Name in JobName]: JobKind<Name> } = {
  'projects.verify': { weight: 'light', canPause: false, title: () => 'Verifying the project' },
  'projects.backUp': { weight: 'light', canPause: false, title: () => 'Backing up' },
  'projects.inspectModel': { weight: 'light', canPause: false, title: () => 'Reading the model' },
  'projects.inspectFolder': { weight: 'light', canPause: false, title: () => 'Looking through the images' },
  'projects.provePreprocessing': { weight: 'light', canPause: false, title: () => 'Trying the model on samples' },
  'projects.create': { weight: 'heavy', canPause: false, title: () => 'Importing images' },
  'projects.sample': { weight: 'heavy', canPause: false, title: () => 'Making the sample project' },
  'runs.devices': { weight: 'light', canPause: false, title: () => 'Probing devices' },
  'runs.learn': {
    weight: 'heavy',
    canPause: true,
    title: ({ wordCount }) => (wordCount === undefined ? 'Learning words' : `Learning ${wordCount} words`),
  },
  'runs.evaluate': { weight: 'heavy', canPause: false, title: ({ split }) => `Measuring on ${split ?? 'test'} images` },
  'words.map': { weight: 'light', canPause: false, title: () => 'Laying out the words' },
  'words.sensitivity': { weight: 'light', canPause: false, title: ({ index }) => `Colour or shape: word ${index}` },
  'words.split': { weight: 'light', canPause: false, title: ({ index }) => `Splitting word ${index}` },
  'explain.curves': { weight: 'light', canPause: false, title: () => 'Insertion and deletion' },
};
