import { audit, Database, type Tx } from '#database';
import { addDays, brokenRule, Clock, DomainError, isUuid, londonDay, newId, notFound, type Principal } from '#kernel';
import { Injectable } from '@nestjs/common';
import { dueAt, HOLIDAYS_NEEDED_DAYS, LEVELS, reasonWords, type Holidays, type Level } from './escalation-rules.js';

export const ESCALATION_STATES = ['open', 'acknowledged', 'resolved'] as const;
export type EscalationState = (typeof ESCALATION_STATES)[number];

export interface NewEscalation {
  personId: string;
  referralId: string;
  line: string;
  provider: string;
  level: Level;
  /** A code, such as `suicidal` or `dysphagia-risk`. */
  reason: string;
  /** To the safeguarding lead; messages to the family stop until it is resolved. */
  safeguarding?: boolean;
  checkInId?: string | null;
}

export interface Escalation {
  id: string;
  personId: string;
  referralId: string;
  checkInId: string | null;
  service: string;
  provider: string;
  level: Level;
  reason: string;
  reasonWords: string;
  safeguarding: boolean;
  state: EscalationState;
  openedAt: Date;
  dueAt: Date;
  overdue: boolean;
  owner: string | null;
  acknowledgedAt: Date | null;
  resolvedAt: Date | null;
  outcome: string | null;
  familyTold: string | null;
}

export interface EscalationFilter {
  state?: EscalationState;
  level?: Level;
  limit: number;
  /** Sort key of the last one shown: [dueAt, id]. */
  after?: readonly [string, string] | null;
}

type Row = Omit<Escalation, 'overdue' | 'reasonWords'>;

const COLUMNS = `id, person_id as "personId", referral_id as "referralId", check_in_id as "checkInId", line as service, provider, level, reason,
  safeguarding, state, opened_at as "openedAt", due_at as "dueAt", owner, acknowledged_at as "acknowledgedAt", resolved_at as "resolvedAt",
  outcome, family_told as "familyTold"`;

const RANK = (level: string): string => `array_position(array['${LEVELS.join(`','`)}'], ${level})`;

/** The worries a person must look at: opened by referrals and answers, owned and closed by people. */
@Injectable()
export class Escalations {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Opens an escalation in the transaction that found the worry, or finds the open one of the same child, line and reason.
   * Found again at a higher level it is raised and is new to its owner; it is never lowered.
   * @returns its id
   */
  async open(tx: Tx, found: NewEscalation): Promise<string> {
    const now = this.clock.now();
    const due = dueAt(found.level, now, await holidaysAhead(tx, now));
    const row = await tx.one<{ id: string }>(
      `insert into escalation as e (tenant, id, person_id, referral_id, check_in_id, line, provider, level, reason, safeguarding, state, opened_at, due_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', $11, $12)
       on conflict (tenant, person_id, line, reason) where state <> 'resolved' do update set
         level = case when ${RANK('excluded.level')} < ${RANK('e.level')} then excluded.level else e.level end,
         state = case when ${RANK('excluded.level')} < ${RANK('e.level')} then 'open' else e.state end,
         acknowledged_at = case when ${RANK('excluded.level')} < ${RANK('e.level')} then null else e.acknowledged_at end,
         due_at = least(e.due_at, excluded.due_at),
         safeguarding = e.safeguarding or excluded.safeguarding,
         check_in_id = coalesce(excluded.check_in_id, e.check_in_id)
       returning id`,
      [
        tx.tenant,
        newId(now),
        found.personId,
        found.referralId,
        found.checkInId ?? null,
        found.line,
        found.provider,
        found.level,
        found.reason,
        found.safeguarding ?? false,
        now,
        due,
      ],
    );
    if (!row) throw new Error('an upsert that returns its row returned none');
    return row.id;
  }

  /** The provider's own, the soonest deadline first. */
  async list(principal: Principal, filter: EscalationFilter): Promise<Escalation[]> {
    const rows = await this.database.inTenant(principal, (tx) =>
      tx.query<Row>(
        `select ${COLUMNS} from escalation
         where tenant = $1 and $2 in (provider, '*') and ($3::text is null or state = $3) and ($4::text is null or level = $4)
           and ($5::timestamptz is null or (due_at, id) > ($5, $6::uuid))
         order by due_at, id limit $7`,
        [
          principal.tenant,
          principal.org,
          filter.state ?? null,
          filter.level ?? null,
          filter.after?.[0] ?? null,
          filter.after?.[1] ?? null,
          filter.limit,
        ],
      ),
    );
    return rows.map((row) => this.#view(row));
  }

  /** Somebody owns it. Given again it has another owner. @throws DomainError not-found, conflict when it is resolved */
  async acknowledge(principal: Principal, id: string, { owner }: { owner: string }): Promise<Escalation> {
    return this.database.inTenant(principal, async (tx) => {
      const held = await this.#unresolved(tx, id);
      const now = this.clock.now();
      const row = await tx.one<Row>(
        `update escalation set state = 'acknowledged', owner = $3, acknowledged_at = coalesce(acknowledged_at, $4)
         where tenant = $1 and id = $2 returning ${COLUMNS}`,
        [tx.tenant, id, owner, now],
      );
      await audit(tx, now, { action: 'escalation-acknowledged', purpose: 'escalation', personIds: [held.personId], detail: { id } });
      return this.#view(row ?? held);
    });
  }

  /**
   * Closes it with what was done and what the family was told.
   * @throws DomainError not-found, conflict when it is resolved already, rule when either is missing
   */
  async resolve(principal: Principal, id: string, { outcome, familyTold }: { outcome: string; familyTold: string }): Promise<Escalation> {
    if (outcome.trim() === '') throw brokenRule('outcome', 'say what was done');
    if (familyTold.trim() === '') throw brokenRule('familyTold', 'say what the family was told: nothing is closed without it');
    return this.database.inTenant(principal, async (tx) => {
      const held = await this.#unresolved(tx, id);
      const now = this.clock.now();
      const row = await tx.one<Row>(
        `update escalation set state = 'resolved', outcome = $3, family_told = $4, resolved_at = $5,
           owner = coalesce(owner, $6), acknowledged_at = coalesce(acknowledged_at, $5)
         where tenant = $1 and id = $2 returning ${COLUMNS}`,
        [tx.tenant, id, outcome, familyTold, now, principal.name],
      );
      await audit(tx, now, { action: 'escalation-resolved', purpose: 'escalation', personIds: [held.personId], detail: { id } });
      return this.#view(row ?? held);
    });
  }

  /** Locks one of the asking provider's that is not resolved. */
  async #unresolved(tx: Tx, id: string): Promise<Row> {
    if (!isUuid(id)) throw notFound('escalation');
    const row = await tx.one<Row>(`select ${COLUMNS} from escalation where tenant = $1 and id = $2 and $3 in (provider, '*') for update`, [
      tx.tenant,
      id,
      tx.principal.org,
    ]);
    if (!row) throw notFound('escalation');
    if (row.state === 'resolved') throw new DomainError('conflict', 'This escalation is resolved already.');
    return row;
  }

  #view(row: Row): Escalation {
    return { ...row, reasonWords: reasonWords(row.reason), overdue: row.state !== 'resolved' && row.dueAt < this.clock.now() };
  }
}

/** Bank holidays a deadline set now may have to step over. */
export async function holidaysAhead(tx: Tx, now: Date): Promise<Holidays> {
  const today = londonDay(now);
  const rows = await tx.query<{ day: string }>('select day from bank_holiday where day between $1 and $2', [
    today,
    addDays(today, HOLIDAYS_NEEDED_DAYS),
  ]);
  return new Set(rows.map((r) => r.day));
}
