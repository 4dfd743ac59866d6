/** What the words of the interface mean, in one or two sentences; the guide says more. */

/** Terms that the interface explains where they stand. */
export const glossary = {
  'visual word': 'An image part that the word model recognises, learned from the base model and shared by all classes.',
  'base model': 'Your own classifier, as you brought it. Vislex never changes it.',
  'word model': 'A model that decides by words alone and is trained to decide as the base model does.',
  'cut point':
    'Where the base model is divided: before it lie the features that words are made of, behind it the decision.',
  patch: 'One place of an image as the model sees it: what a word is found in.',
  'pushed patch':
    'The real image part a word was set equal to. It is what the word is, not just something that resembles it.',
  'word score': 'How strongly a word is found in an image: the best match over all its places.',
  contribution:
    'What a word adds to the score of a class: its word score times its weight. With the bias they add up to the logit.',
  residual: 'The part of the base model’s score that the words do not account for.',
  agreement: 'Share of images on which the word model and the base model name the same class.',
  'prediction fidelity': 'Share of images on which the word model and the base model name the same class.',
  'attention fidelity': 'How far the places the words look at overlap with those the base model looks at (Grad-CAM).',
  'Grad-CAM': 'A map of the places that raise the base model’s score of a class, computed from its gradients.',
  sharedness: 'How evenly a word pushes several classes: 0 for one class alone, 1 for all alike.',
  importance: 'Mean size of a word’s contribution to the class that is predicted, in logits.',
  frequency: 'Share of images in which the word is among the ten strongest.',
  interval: 'Where the true value lies with 95 % confidence; n is the number of images it was measured on.',
  chance: 'What guessing would reach.',
  control: 'The same measure on something that cannot work, such as random words. A result counts only above it.',
  insertion:
    'How fast the base model finds its class again while the important places are uncovered first; higher is better.',
  deletion: 'How fast the base model loses its class while the important places are covered first; lower is better.',
  journal: 'The record of every change: what, when, by whom. Each entry seals the one before.',
  preset: 'How words are learned: many or few, shared more or less.',
  run: 'One learning, from its settings to its words.',
  split: 'The part of the images: to learn from (train), to choose by (validation), to measure on (test).',
} as const satisfies Record<string, string>;

/** A term that is explained. */
export type Term = keyof typeof glossary;
