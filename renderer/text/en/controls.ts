/** Sentences of the controls that every page uses. */
export const controls = {
  close: 'Close',
  cancel: 'Cancel',
  sideList: 'List',
  inspector: 'Inspector',
  toggleSide: 'Show or hide the list',
  toggleInspector: 'Show or hide the inspector',
  retry: 'Try again',
  copyDetails: 'Copy details',
  copied: 'Copied',
  internalError:
    'This is a fault of Vislex, not of your files; nothing that was saved is lost. Try again; if it stays, copy the details and report it.',
} as const;
