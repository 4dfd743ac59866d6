/** Who may talk to the server: one token, good once, exchanged for one cookie. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Bytes of a secret: 256 bits. */
const SECRET_BYTES = 32;

const newSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');

const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** Compares in constant time, lengths included: both sides are digests. */
const isSecret = (given: string, kept: Buffer): boolean => timingSafeEqual(digest(given), kept);

/** The secrets of one start of the server; a fresh address comes with the next start. */
export class Session {
  /** For the address that is printed. */
  readonly token = newSecret();
  readonly #cookie = newSecret();
  readonly #cookieDigest = digest(this.#cookie);
  #tokenDigest: Buffer | undefined = digest(this.token);

  /** The cookie's value for the right token, the first time; undefined otherwise. A wrong token spends nothing. */
  exchange(token: string): string | undefined {
    if (this.#tokenDigest === undefined || !isSecret(token, this.#tokenDigest)) return undefined;
    this.#tokenDigest = undefined;
    return this.#cookie;
  }

  /** True for the value that `exchange` gave. */
  isCookie(value: string | undefined): boolean {
    return value !== undefined && isSecret(value, this.#cookieDigest);
  }
}
