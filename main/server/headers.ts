/** Headers of every answer: the page may load from here and from nowhere else, and nobody may load from here. */
import { CONTENT_POLICY } from '../platform/page-headers.ts';

/** By name; an answer may replace single ones. */
export const HARDENING_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), usb=(), serial=(), payment=()',
  'cache-control': 'no-store',
};
