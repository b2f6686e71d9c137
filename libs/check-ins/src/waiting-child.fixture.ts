import type { Database, Tx } from '#database';
import { addDays, newId, systemPrincipal, type LocalDate } from '#kernel';
import { MessageSender, type Channel, type OutgoingMessage, type SendOutcome } from '#messages';

export const TENANT = 'TEST';
export const PROVIDER = 'ZZ999';
export const SALT = 'speech-and-language-therapy';
export const MENTAL_HEALTH = 'mental-health';
/** A Monday, mid-morning: every line may ask. */
export const MONDAY = new Date('2026-11-23T10:30:00Z');
export const TODAY: LocalDate = '2026-11-23';

export interface ContactOf {
  name?: string;
  role?: string;
  mayContact?: boolean;
  mayKnowOf?: string[] | null;
  phone?: string | null;
  email?: string | null;
  preferredChannel?: string | null;
  language?: string | null;
  format?: string | null;
  validTo?: LocalDate | null;
  parentalResponsibility?: boolean | null;
  provider?: string;
}

export interface WaitingChildOf {
  line?: string;
  provider?: string;
  priority?: string;
  birthDate?: LocalDate;
  state?: string;
  listedOn?: LocalDate;
  nextCheckInOn?: LocalDate | null;
  lastHumanContactOn?: LocalDate | null;
  confidential?: string[];
  socialCare?: string | null;
  interpreterLanguage?: string | null;
  contacts?: ContactOf[];
}

export interface WaitingChild {
  personId: string;
  pathwayId: string;
  referralId: string;
  contactIds: string[];
}

let told = 0;
/** A mobile number nobody else in the tests has. */
export const aPhone = (): string => `+4477009${String(++told).padStart(5, '0')}`;

const asSystem = <T>(database: Database, work: (tx: Tx) => Promise<T>): Promise<T> =>
  database.inTenant(systemPrincipal(TENANT, 'test'), work);

/** Reads as the system, with identity open. */
export const rows = <Row = Record<string, unknown>>(database: Database, sql: string, params: unknown[] = []): Promise<Row[]> =>
  asSystem(database, async (tx) => {
    await tx.query(`select set_config('meanwhile.identity_purpose', 'test', true)`);
    return tx.query<Row>(sql, params);
  });

/** A child on a list, owed a check-in since yesterday unless told otherwise, with one parent who has a mobile. As the fold would leave it. */
export async function waitingChild(database: Database, of: WaitingChildOf = {}): Promise<WaitingChild> {
  const { line = SALT, provider = PROVIDER, priority = 'routine', birthDate = '2019-05-04', state = 'waiting' } = of;
  const listedOn = of.listedOn ?? '2026-08-01';
  const [personId, pathwayId, referralId] = [newId(MONDAY), newId(MONDAY), newId(MONDAY)];
  const contacts = of.contacts ?? [{}];
  const contactIds = contacts.map(() => newId(MONDAY));
  await asSystem(database, async (tx) => {
    await tx.execute(
      `insert into person (tenant, id, birth_month, confidential_from_family, social_care, interpreter_language) values ($1, $2, date_trunc('month', $3::date), $4, $5, $6)`,
      [TENANT, personId, birthDate, of.confidential ?? [], of.socialCare ?? null, of.interpreterLanguage ?? null],
    );
    await tx.execute(
      `insert into person_identity (tenant, person_id, provider, given_name, family_name, birth_date) values ($1, $2, $3, 'Asha', 'Example', $4)`,
      [TENANT, personId, provider, birthDate],
    );
    for (const [i, c] of contacts.entries()) await insertContact(tx, contactIds[i] ?? '', personId, provider, c);
    await tx.execute(`insert into pathway (tenant, id, person_id, line, changed_at, folded) values ($1, $2, $3, $4, $5, 1)`, [
      TENANT,
      pathwayId,
      personId,
      line,
      MONDAY,
    ]);
    await tx.execute(
      `insert into referral (tenant, id, pathway_id, person_id, service_id, line, provider, source_system, source_id, digest, source_of_referral, need, recorded_at, recorded_by)
       select $1, $2::uuid, $3, $4, v.id, $5, $6, 'test', $2::uuid::text, '\\x00', 'health-visitor', 'other', $7, 'test' from service v where v.tenant = $1 and v.line = $5 and v.provider = $6`,
      [TENANT, referralId, pathwayId, personId, line, provider, MONDAY],
    );
    await tx.execute(`insert into referral_party (tenant, referral_id, provider, since) values ($1, $2, $3, $4)`, [
      TENANT,
      referralId,
      provider,
      MONDAY,
    ]);
    await tx.execute(
      `insert into pathway_event (tenant, pathway_id, referral_id, seq, type, occurred_on, recorded_at, recorded_by, recorded_org)
       values ($1, $2, $3, 1, 'referral-received', $4, $5, 'test', $6)`,
      [TENANT, pathwayId, referralId, listedOn, MONDAY, provider],
    );
    await tx.execute(
      `insert into referral_state (tenant, referral_id, pathway_id, person_id, line, provider, state, stage, stage_since, priority, listed_on, received_on,
         headline_started_on, last_human_contact_on, next_check_in_on, next_check_in_why)
       values ($1, $2, $3, $4, $5, $6, $7, 'awaiting-first-contact', $9, $8, $9, $9, $9, $10, $11, 'first')`,
      [
        TENANT,
        referralId,
        pathwayId,
        personId,
        line,
        provider,
        state,
        priority,
        listedOn,
        of.lastHumanContactOn ?? null,
        of.nextCheckInOn === undefined ? addDays(TODAY, -1) : of.nextCheckInOn,
      ],
    );
  });
  return { personId, pathwayId, referralId, contactIds };
}

async function insertContact(tx: Tx, id: string, personId: string, provider: string, c: ContactOf): Promise<void> {
  await tx.execute(
    `insert into contact (tenant, id, person_id, provider, name, relationship, role, parental_responsibility, may_contact, may_know_of, phone, email, preferred_channel, language, format, valid_to)
     values ($1, $2, $3, $4, $5, 'mother', $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      TENANT,
      id,
      personId,
      c.provider ?? provider,
      c.name ?? 'Sam Example',
      c.role ?? 'parent',
      c.parentalResponsibility ?? null,
      c.mayContact ?? true,
      c.mayKnowOf ?? null,
      c.phone === undefined ? aPhone() : c.phone,
      c.email ?? null,
      c.preferredChannel ?? null,
      c.language ?? null,
      c.format ?? null,
      c.validTo ?? null,
    ],
  );
}

/** Switches a service on, from a day, with a cap. */
export async function goLive(
  database: Database,
  { line = SALT, provider = PROVIDER, from = '2026-01-01', cap = 1_000, nightRota = false } = {},
): Promise<void> {
  await asSystem(database, (tx) =>
    tx.execute('update service set live_from = $4, daily_cap = $5, night_rota = $6 where tenant = $1 and line = $2 and provider = $3', [
      TENANT,
      line,
      provider,
      from,
      cap,
      nightRota,
    ]),
  );
}

/** Takes everything told about children away again, so that every test begins with empty lists. */
export async function emptyLists(database: Database): Promise<void> {
  const tables = ['sandbox_message', 'message', 'reply', 'escalation', 'check_in', 'message_hold', 'referral_state', 'contact'];
  await asSystem(database, async (tx) => {
    await tx.query(`select set_config('meanwhile.identity_purpose', 'test', true)`);
    for (const table of tables) await tx.execute(`delete from ${table} where tenant = $1`, [TENANT]);
    await tx.execute('update service set live_from = null where tenant = $1', [TENANT]);
  });
}

/** A sender of our own interface whose every answer a test can choose; remembers what reached it. */
export class FakeSender extends MessageSender {
  override readonly name = 'fake';
  override readonly concurrency = 3;
  channels: readonly Channel[] = ['sms', 'email'];
  canBeAsked = false;
  readonly received: OutgoingMessage[] = [];
  answer: (message: OutgoingMessage) => SendOutcome | Promise<SendOutcome> = () => 'sent';
  knows: (reference: string) => boolean = (reference) => this.received.some((m) => m.reference === reference);

  override async send(message: OutgoingMessage): Promise<SendOutcome> {
    const outcome = await this.answer(message);
    if (outcome === 'sent') this.received.push(message);
    return outcome;
  }

  override lookUp(_tenant: string, reference: string): Promise<'sent' | 'unknown'> {
    return Promise.resolve(this.knows(reference) ? 'sent' : 'unknown');
  }
}
