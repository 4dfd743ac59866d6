/** Short messages that come and go; the live region of the toaster announces them. */
import { toast as sonner } from 'svelte-sonner';
import { CallError } from '../../preload/contract/index.ts';
import { controls } from '../text/en/controls.ts';

/** A button in a message. */
export interface ToastAction {
  readonly label: string;
  readonly run: () => void;
}

const withAction = (action: ToastAction | undefined) =>
  action ? { action: { label: action.label, onClick: action.run } } : {};

/** Says something once. */
export const toast = {
  /** Something was done. */
  done: (message: string, action?: ToastAction) => void sonner.success(message, withAction(action)),
  /** Something to know. */
  note: (message: string, action?: ToastAction) => void sonner(message, withAction(action)),
  /** Something failed; stays until it is closed. */
  failed: (error: unknown, action?: ToastAction) =>
    void sonner.error(error instanceof CallError ? error.message : controls.internalError, {
      duration: Infinity,
      ...withAction(action),
    }),
};
