/** What of the frame is open: palette, settings, history, shortcut sheet, tour. */

/** Things that lie over the page; one at a time. */
export type Overlay = 'palette' | 'settings' | 'shortcuts' | 'tour';

/** The frame's own state. */
export class FrameState {
  /** What lies over the page. */
  overlay: Overlay | null = $state(null);
  /** The drawer beside the page. */
  isHistoryOpen = $state(false);

  /** Shows one, or hides it when it is shown. */
  toggle(overlay: Overlay): void {
    this.overlay = this.overlay === overlay ? null : overlay;
  }
}
