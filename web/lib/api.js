// How our own pages ask the server: the link's token as Bearer, its role decides what it may (CONTRACT, HTTP).

/** Milliseconds. A network that swallows everything never answers; the page then says so and offers to try again. (Safari before 16 waits.) */
const DEADLINE = 15_000;

/** What the server refused, as RFC 9457 says it; `unreachable` where there was no answer. */
export class ApiProblem extends Error {
  /** @param {string} code @param {Readonly<Record<string, any>>} [facts] the problem's other members, such as `retry_after` in seconds */
  constructor(code, facts = {}) {
    super(facts['detail'] ?? code);
    this.code = code;
    this.facts = facts;
  }
}

/** @typedef {Readonly<Record<string, string | number | boolean>>} Query */

export class Api {
  /**
   * @param {string} token '' for calls that need none
   * @param {typeof fetch} fetcher
   * @param {(problem: ApiProblem) => void} [onrefused] the token itself is not, or no longer, good for this page
   */
  constructor(token, fetcher, onrefused) {
    this.token = token;
    this.fetcher = fetcher;
    this.onrefused = onrefused;
  }

  /** @param {string} path @param {Query} [query] empty words are left out @returns {Promise<any>} */
  get(path, query = {}) {
    return this.#call('GET', asked(path, query));
  }

  /** @param {string} path @param {object} body @param {string} [key] Idempotency-Key: the same for a second try @returns {Promise<any>} */
  post(path, body, key) {
    return this.#call('POST', path, body, key);
  }

  /** @param {string} path @param {object} body @returns {Promise<any>} */
  put(path, body) {
    return this.#call('PUT', path, body);
  }

  /** @param {string} path @param {object} body what is absent stays @returns {Promise<any>} */
  patch(path, body) {
    return this.#call('PATCH', path, body);
  }

  /** @param {string} path @param {Query} [query] @returns {Promise<any>} */
  delete(path, query = {}) {
    return this.#call('DELETE', asked(path, query));
  }

  /** @param {string} path @returns {Promise<Blob>} of something that is no JSON */
  async file(path) {
    const answer = await this.#answer('GET', path);
    return whole(() => answer.blob());
  }

  /** @param {string} method @param {string} path @param {object} [body] @param {string} [key] @returns {Promise<any>} */
  async #call(method, path, body, key) {
    const answer = await this.#answer(method, path, body, key);
    return answer.status === 204 ? {} : whole(() => answer.json());
  }

  /** @param {string} method @param {string} path @param {object} [body] @param {string} [key] */
  async #answer(method, path, body, key) {
    const headers = {
      ...(this.token === '' ? {} : { Authorization: `Bearer ${this.token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(key === undefined ? {} : { 'Idempotency-Key': key }),
    };
    const answer = await this.#ask(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    if (answer.ok) return answer;
    const content = await answer.json().catch(() => ({}));
    const problem = new ApiProblem(content.code ?? 'unreachable', content);
    if (answer.status === 401 || answer.status === 403) this.onrefused?.(problem);
    throw problem;
  }

  /** @param {string} path @param {RequestInit} request */
  async #ask(path, request) {
    try {
      return await this.fetcher(path, { ...request, cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout?.(DEADLINE) ?? null });
    } catch {
      throw new ApiProblem('unreachable'); // no network, or no server: the page says so and offers to try again
    }
  }
}

/**
 * What an answer says. Where the line goes before all of it came, nothing is known: as without an answer.
 * @template T @param {() => Promise<T>} read @returns {Promise<T>}
 */
async function whole(read) {
  try {
    return await read();
  } catch {
    throw new ApiProblem('unreachable');
  }
}

/** @param {string} path @param {Query} query */
function asked(path, query) {
  const given = Object.entries(query).filter(([, value]) => value !== '').map(([name, value]) => [name, String(value)]);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

/** A place of one thing in the API. @param {string} kind such as `appointments` @param {string} id @param {string} [rest] */
export function route(kind, id, rest = '') {
  return `/v1/${kind}/${encodeURIComponent(id)}${rest}`;
}
