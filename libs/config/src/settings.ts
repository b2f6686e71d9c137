import { resolve } from 'node:path';
import { isLocalDate } from '#kernel';

/** Everything that can be set from outside. Names in capitals are the environment variables (README, configuration). */
export abstract class Settings {
  production: boolean;
  /** HTTP port of the API and pages (PORT). */
  port: number;
  /** PORT was given: another port is then not taken instead. */
  portGiven: boolean;
  /** Internal port for /metrics; 0 = none (METRICS_PORT). */
  metricsPort: number;
  /** Address listened on (HOST). */
  host: string;
  /** Where families reach us: the start of every link in a message (PUBLIC_URL). */
  publicUrl: string;
  /** Data folder: embedded database, development secrets (MEANWHILE_DATA). */
  dataFolder: string;
  /** The application's login; null = embedded database (DATABASE_URL). */
  databaseUrl: string | null;
  /** The owner of the tables, for migrations only; default the same login (DATABASE_OWNER_URL). */
  databaseOwnerUrl: string | null;
  /** The role the application works as; owns nothing (DATABASE_APP_ROLE). */
  appRole: string;
  /** Connections in the main pool of one process (DATABASE_POOL). */
  poolSize: number;
  /** Queue on Redis; null = in PostgreSQL (REDIS_URL). */
  redisUrl: string | null;
  /** Signs in by this issuer; null = development tokens (OIDC_ISSUER, OIDC_AUDIENCE). */
  oidcIssuer: string | null;
  oidcAudience: string;
  sender: 'sandbox' | 'smtp';
  smtpUrl: string | null;
  smtpFrom: string;
  /** Stand-still clock, never in production: `2026-11-22T10:30:00Z` (CLOCK_AT). */
  clockAt: Date | null;
  /** Every page and answer is marked synthetic (SYNTHETIC_DATA). */
  synthetic: boolean;
  logLevel: 'silent' | 'error' | 'warn' | 'log' | 'debug';
  /** YAML or JSON file that says which of our lines a FHIR code means; null = a small one of ours (FHIR_SERVICE_MAP). */
  fhirServiceMap: string | null;
  /** A FHIR message whose NHS number fails its check: for a person, or taken in without the number (FHIR_BAD_NHS_NUMBER). */
  fhirBadNhsNumber: 'set-aside' | 'accept-without';
  /** Base64 secrets; null = made in the data folder, refused in production. */
  nhsNumberKey: string | null;
  linkKey: string | null;
}

/** The environment was wrong. `problems` has a line for every variable. */
export class SettingsError extends Error {
  constructor(readonly problems: string[]) {
    super(`Meanwhile cannot start: ${problems.length} setting${problems.length === 1 ? '' : 's'} wrong\n  ${problems.join('\n  ')}`);
  }
}

type Environment = Record<string, string | undefined>;

/** @throws SettingsError naming every wrong variable */
export function readSettings(env: Environment = process.env): Settings {
  const problems: string[] = [];
  const given = (name: string): string | null => (env[name] === undefined || env[name] === '' ? null : env[name]);
  const wrong = <T>(name: string, expected: string, fallback: T): T => (problems.push(`${name}: expected ${expected}`), fallback);
  const integer = (name: string, fallback: number, min: number, max: number): number => {
    const text = given(name);
    if (text === null) return fallback;
    const n = Number(text);
    return Number.isInteger(n) && n >= min && n <= max ? n : wrong(name, `a whole number from ${min} to ${max}`, fallback);
  };
  const url = (name: string, schemes: string[]): string | null => {
    const text = given(name);
    if (text === null) return null;
    const ok = URL.canParse(text) && schemes.includes(new URL(text).protocol.replace(':', ''));
    return ok ? text : wrong(name, `an address that begins with ${schemes.map((s) => `${s}://`).join(' or ')}`, null);
  };
  const oneOf = <T extends string>(name: string, values: readonly T[], fallback: T): T => {
    const text = given(name);
    if (text === null) return fallback;
    return (values as readonly string[]).includes(text) ? (text as T) : wrong(name, `one of ${values.join(', ')}`, fallback);
  };
  const key = (name: string): string | null => {
    const text = given(name);
    if (text === null) return null;
    return Buffer.from(text, 'base64').length >= 32 ? text : wrong(name, 'at least 32 random bytes in base64', null);
  };

  const production = given('NODE_ENV') === 'production';
  const port = integer('PORT', 3000, 0, 65_535);
  const settings: Settings = {
    production,
    port,
    portGiven: given('PORT') !== null,
    metricsPort: integer('METRICS_PORT', 0, 0, 65_535),
    host: given('HOST') ?? (production ? '0.0.0.0' : '127.0.0.1'),
    publicUrl: (url('PUBLIC_URL', ['http', 'https']) ?? `http://localhost:${port}`).replace(/\/$/, ''),
    dataFolder: resolve(given('MEANWHILE_DATA') ?? '.meanwhile'),
    databaseUrl: url('DATABASE_URL', ['postgres', 'postgresql']),
    databaseOwnerUrl: url('DATABASE_OWNER_URL', ['postgres', 'postgresql']),
    appRole: given('DATABASE_APP_ROLE') ?? 'meanwhile_app',
    poolSize: integer('DATABASE_POOL', 10, 1, 200),
    redisUrl: url('REDIS_URL', ['redis', 'rediss']),
    oidcIssuer: url('OIDC_ISSUER', ['http', 'https']),
    oidcAudience: given('OIDC_AUDIENCE') ?? 'meanwhile',
    sender: oneOf('MESSAGE_SENDER', ['sandbox', 'smtp'] as const, 'sandbox'),
    smtpUrl: url('SMTP_URL', ['smtp', 'smtps']),
    smtpFrom: given('SMTP_FROM') ?? 'Meanwhile <no-reply@meanwhile.example>',
    clockAt: null,
    synthetic: oneOf('SYNTHETIC_DATA', ['yes', 'no'] as const, production ? 'no' : 'yes') === 'yes',
    logLevel: oneOf('LOG_LEVEL', ['silent', 'error', 'warn', 'log', 'debug'] as const, 'log'),
    fhirServiceMap: given('FHIR_SERVICE_MAP'),
    fhirBadNhsNumber: oneOf('FHIR_BAD_NHS_NUMBER', ['set-aside', 'accept-without'] as const, 'set-aside'),
    nhsNumberKey: key('NHS_NUMBER_KEY'),
    linkKey: key('LINK_KEY'),
  };

  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(settings.appRole)) wrong('DATABASE_APP_ROLE', 'a plain lower-case role name', null);
  const clockAt = given('CLOCK_AT');
  if (clockAt !== null) {
    const at = new Date(clockAt);
    if (Number.isNaN(at.getTime()) || !isLocalDate(clockAt.slice(0, 10)))
      wrong('CLOCK_AT', 'an instant such as 2026-11-22T10:30:00Z', null);
    else if (production) wrong('CLOCK_AT', 'nothing in production: the clock must run', null);
    else settings.clockAt = at;
  }
  if (settings.sender === 'smtp' && settings.smtpUrl === null) wrong('SMTP_URL', 'smtp://host:port when MESSAGE_SENDER=smtp', null);
  if (production) {
    if (settings.databaseUrl === null) wrong('DATABASE_URL', 'a PostgreSQL address in production', null);
    if (settings.oidcIssuer === null) wrong('OIDC_ISSUER', 'the sign-in issuer in production', null);
    if (settings.nhsNumberKey === null) wrong('NHS_NUMBER_KEY', 'at least 32 random bytes in base64 in production', null);
    if (settings.linkKey === null) wrong('LINK_KEY', 'at least 32 random bytes in base64 in production', null);
    if (settings.sender === 'sandbox') wrong('MESSAGE_SENDER', 'smtp in production: the sandbox reaches no family', null);
    if (given('PUBLIC_URL') === null) wrong('PUBLIC_URL', 'the address families reach, in production', null);
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}
