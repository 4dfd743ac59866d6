/** Sentences of the guide's page. */
export const help = {
  title: 'Guide',
  chapters: 'Chapters',
  onThisPage: 'On this page',
  search: 'Search the guide',
  results: (count: string) => `${count} found`,
  none: 'Nothing of that kind in the guide. Try one word, or a part of it.',
  clear: 'Clear the search',
  failed: 'The guide could not be read.',
  noChapter: 'There is no such chapter',
  noChapterText: 'It may have another name in this version.',
  first: 'Go to the first chapter',
  previous: 'Before',
  next: 'Next',
  shortcuts: 'Keyboard shortcuts',
  tour: 'Take the tour',
  more: (term: string) => `More on “${term}” in the guide`,
} as const;
