// The calls our own pages make, with the link's token as Bearer: its role decides what they may (CONTRACT, HTTP).

/**
 * An appointment as the API shows it.
 * @typedef {{ id: string, status: 'held' | 'confirmed' | 'cancelled' | 'expired' | 'completed' | 'no_show', outcome: any,
 *   starts_at: string, ends_at: string, room: string, window: { opens_at: string, closes_at: string },
 *   practitioner: any, patient: any, type?: any, [member: string]: any }} Appointment
 */

/** What the server refused, as RFC 9457 says it; `unreachable` where there was no answer. */
export class ApiProblem extends Error {
  /** @param {string} code @param {string} detail */
  constructor(code, detail) {
    super(detail);
    this.code = code;
  }
}

export class Api {
  /** @param {string} token @param {typeof fetch} fetcher */
  constructor(token, fetcher) {
    this.token = token;
    this.fetcher = fetcher;
  }

  /**
   * One page of appointments. Without `from` the server's own default: upcoming, held and confirmed (C5).
   * @param {Readonly<Record<string, string>>} query
   * @returns {Promise<{ items: Appointment[], next_cursor: string | null }>}
   */
  appointments(query) {
    return this.#call('GET', `/v1/appointments?${new URLSearchParams(query)}`);
  }

  /** @param {string} id @param {string} reason the patient sees it (C6) @param {string} key the same for a second try @returns {Promise<Appointment>} */
  cancel(id, reason, key) {
    return this.#call('POST', `/v1/appointments/${encodeURIComponent(id)}/cancel`, { reason, by: 'practitioner' }, key);
  }

  /** @param {string} method @param {string} path @param {object} [body] @param {string} [key] Idempotency-Key @returns {Promise<any>} */
  async #call(method, path, body, key) {
    const headers = {
      Authorization: `Bearer ${this.token}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(key === undefined ? {} : { 'Idempotency-Key': key }),
    };
    const answer = await this.#ask(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const content = await answer.json().catch(() => ({}));
    if (answer.ok) return content;
    throw new ApiProblem(content.code ?? 'unreachable', content.detail ?? '');
  }

  /** @param {string} path @param {RequestInit} request */
  async #ask(path, request) {
    try {
      return await this.fetcher(path, { ...request, cache: 'no-store', credentials: 'omit' });
    } catch {
      throw new ApiProblem('unreachable', ''); // no network, or no server: the page says so and offers to try again
    }
  }
}
