import { type Challenge, parseChallenges } from './challenge.ts';
import { basicHeader, type Credentials } from './credentials.ts';

/** What a login is for, in the words of Docker's token protocol: `repository:team/pg-to-s3:pull,push`. */
export type Scope = string;

/** Gets a token from the server that a challenge names. */
export type FetchToken = (challenge: Challenge, scope: Scope, login: Credentials | undefined) => Promise<string>;

interface Sources {
  /** Asked at most once, and only when the registry wants to know who we are. */
  readonly credentials: () => Promise<Credentials | undefined>;
  readonly fetchToken: FetchToken;
}

/** The Authorization headers of one registry: one for each scope, or one for all. */
export class Authorization {
  readonly #headers = new Map<Scope, string>();
  readonly #underWay = new Map<Scope, Promise<boolean>>();
  readonly #sources: Sources;
  #basic: string | undefined;
  #credentials: Promise<Credentials | undefined> | undefined;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** Undefined while the registry has not asked for any. */
  header(scope: Scope): string | undefined {
    return this.#headers.get(scope) ?? this.#basic;
  }

  /** Whether there is a login for the registry on this machine. */
  async hasLogin(): Promise<boolean> {
    return (await this.#login()) !== undefined;
  }

  /** Answers a refusal of `refused`; false where there is nothing better to send. */
  async renew(scope: Scope, refused: string | undefined, wwwAuthenticate: string): Promise<boolean> {
    if (this.header(scope) !== refused) return true;
    const underWay = this.#underWay.get(scope);
    if (underWay) return underWay;
    const renewal = this.#answer(scope, refused, parseChallenges(wwwAuthenticate));
    this.#underWay.set(scope, renewal);
    try {
      return await renewal;
    } finally {
      this.#underWay.delete(scope);
    }
  }

  async #answer(scope: Scope, refused: string | undefined, challenges: readonly Challenge[]): Promise<boolean> {
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer) {
      this.#headers.set(scope, `Bearer ${await this.#sources.fetchToken(bearer, scope, await this.#login())}`);
      return true;
    }
    const login = await this.#login();
    if (login?.kind !== 'password' || !challenges.some(({ scheme }) => scheme === 'basic')) return false;
    this.#basic = basicHeader(login.username, login.password);
    return this.#basic !== refused;
  }

  #login(): Promise<Credentials | undefined> {
    this.#credentials ??= this.#sources.credentials();
    return this.#credentials;
  }
}
