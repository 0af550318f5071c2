import { isRecurring } from '../intercept/recurring.ts';

/**
 * Numbers for heads that recur as the very same object, so that a number crosses to the audit thread in place of their text.
 *
 * There are so many; then the oldest is given to another head, on both sides.
 */

/** Numbers there are. */
const NUMBERS = 512;
/** Longer heads get none, so that those remembered stay small together. */
const TEXT_CHARACTERS_MAX = 4 * 1024;

/** The side that packs. */
export class NumberedHeads {
  /** Whose each number is. */
  readonly #heads: object[] = [];
  readonly #serverAddresses: (string | null)[] = [];
  readonly #numbers = new WeakMap<object, number>();
  #next = 0;

  /** @returns null when the head has no number with this address. */
  numberOf(head: object, serverAddress: string | null): number | null {
    const number = this.#numbers.get(head);
    return number !== undefined && this.#heads[number] === head && this.#serverAddresses[number] === serverAddress
      ? number
      : null;
  }

  /** To be called when {@link numberOf} found none. @returns null when the head gets none. */
  giveNumber(head: object, serverAddress: string | null, textCharacters: number): number | null {
    if (textCharacters > TEXT_CHARACTERS_MAX || !isRecurring(head)) return null;
    const number = this.#next;
    this.#next = (number + 1) % NUMBERS;
    this.#numbers.set(head, number);
    this.#heads[number] = head;
    this.#serverAddresses[number] = serverAddress;
    return number;
  }
}

/** The side that unpacks. */
export class KeptHeads<Request, Response> {
  readonly #requests: (Request | null)[] = [];
  readonly #responses: (Response | null)[] = [];
  #lastRequest: Request | null = null;
  #lastResponse: Response | null = null;

  lastRequest(head: Request): void {
    this.#lastRequest = head;
    this.#lastResponse = null;
  }

  lastResponse(head: Response): void {
    this.#lastResponse = head;
    this.#lastRequest = null;
  }

  /** The last head has this number from now on. */
  number(number: number): void {
    this.#requests[number] = this.#lastRequest;
    this.#responses[number] = this.#lastResponse;
  }

  request(number: number): Request {
    return this.#requests[number] as Request;
  }

  response(number: number): Response {
    return this.#responses[number] as Response;
  }
}
