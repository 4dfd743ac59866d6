/** Sentences about the way to the process that computes. */
export const connectionText = {
  gone: 'Vislex does not answer. If "vislex serve" was ended in its terminal, start it again and open the address it prints; otherwise this page goes on by itself as soon as it is back.',
  garbled: 'What answered is not Vislex. Check that the address of this page is the one that "vislex serve" printed.',
} as const;
