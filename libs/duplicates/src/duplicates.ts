import { audit, Database, readIdentity, type Tx } from '#database';
import { Clock, DomainError, isUuid, notFound, type LocalDate, type Principal } from '#kernel';
import { Injectable } from '@nestjs/common';
import { likeness, type RecordedChild } from './likeness.js';

export const DUPLICATE_STATES = ['open', 'joined', 'apart'] as const;
export type DuplicateState = (typeof DUPLICATE_STATES)[number];

/** One of the two, as the asking provider recorded it; names null where it holds none. */
export interface DuplicateSide {
  personId: string;
  givenName: string | null;
  familyName: string | null;
  birthDate: LocalDate | null;
  postcode: string | null;
  /** The child was matched by an NHS number. */
  hasNhsNumber: boolean;
  /** Those the asking provider may read. */
  referralIds: string[];
}

export interface Duplicate {
  id: string;
  state: DuplicateState;
  score: number;
  /** By the asking provider's own records of the two. */
  reasons: string[];
  children: DuplicateSide[];
  /** The record that holds everything, while the two are joined. */
  kept: string | null;
  foundAt: Date;
  decidedAt: Date | null;
  decidedBy: string | null;
  decidedOrg: string | null;
  note: string | null;
}

export interface DuplicateQuery {
  state: DuplicateState;
  limit: number;
  /** Score and id of the last one shown. */
  after?: { score: number; id: string } | undefined;
}

/** Two records that may be of one child: shown to a provider that knows both, decided by a person, undone by a person. */
@Injectable()
export class Duplicates {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The likeliest first. Reading them is written down. */
  async list(principal: Principal, query: DuplicateQuery): Promise<Duplicate[]> {
    return this.database.inTenant(principal, async (tx) => {
      const rows = await tx.query<DuplicateRow>(
        `select ${COLUMNS} from possible_duplicate d
          where d.tenant = $1 and d.state = $3 and ${KNOWN} and ($4::smallint is null or (-d.score, d.id) > (-$4::smallint, $5::uuid))
          order by d.score desc, d.id limit $6`,
        [tx.tenant, principal.org, query.state, query.after?.score ?? null, query.after?.id ?? null, query.limit],
      );
      return withSides(tx, rows, this.clock.now());
    });
  }

  /** @throws DomainError not-found, or conflict when it has been decided */
  async keepApart(principal: Principal, id: string, reason: string): Promise<Duplicate> {
    const now = this.clock.now();
    return this.database.inTenant(principal, async (tx) => {
      const pair = await lockDuplicate(tx, id);
      mustBe(pair, 'open');
      return decide(tx, pair, { state: 'apart', kept: null, note: reason, action: 'records-kept-apart' }, now);
    });
  }
}

/** A pair as it is decided on. */
export interface DuplicateRow {
  id: string;
  a: string;
  b: string;
  state: DuplicateState;
  score: number;
  kept: string | null;
  foundAt: Date;
  decidedAt: Date | null;
  decidedBy: string | null;
  decidedOrg: string | null;
  note: string | null;
}

const COLUMNS = `d.id, d.person_a as a, d.person_b as b, d.state, d.score, d.kept, d.found_at as "foundAt", d.decided_at as "decidedAt",
  d.decided_by as "decidedBy", d.decided_org as "decidedOrg", d.note`;

/** Whether the provider $2 has, or has had, a referral of a child. */
const knows = (person: string): string => `exists (select from referral r
  join referral_party y on y.tenant = r.tenant and y.referral_id = r.id and y.provider = $2 where r.tenant = d.tenant and r.person_id = ${person})`;

const isJoined = (person: string): string =>
  `exists (select from person p where p.tenant = d.tenant and p.id = ${person} and p.joined_to is not null)`;

/**
 * A pair is there for a provider that knows both children; joined, for every provider that knows the child they became.
 * A pair with a record that was joined with a third waits until that is decided otherwise.
 */
const KNOWN = `case when d.state = 'joined' then ${knows('d.kept')}
  else ${knows('d.person_a')} and ${knows('d.person_b')} and not (${isJoined('d.person_a')} or ${isJoined('d.person_b')}) end`;

/** Locks a pair for deciding. @throws DomainError not-found: not there, or not yours */
export async function lockDuplicate(tx: Tx, id: string): Promise<DuplicateRow> {
  const pair = isUuid(id)
    ? await tx.one<DuplicateRow>(
        `select ${COLUMNS} from possible_duplicate d where d.tenant = $1 and d.id = $3 and ${KNOWN} for update of d`,
        [tx.tenant, tx.principal.org, id],
      )
    : undefined;
  if (!pair) throw notFound('possible duplicate');
  return pair;
}

/** @throws DomainError conflict */
export function mustBe(pair: DuplicateRow, state: DuplicateState): void {
  if (pair.state !== state) throw new DomainError('conflict', `These two are ${pair.state}: it takes a pair that is ${state}.`);
}

export interface Decision {
  state: DuplicateState;
  kept: string | null;
  note: string;
  /** For the audit. */
  action: string;
  detail?: object;
}

/** Records what a person decided, and answers the pair as it now is. */
export async function decide(tx: Tx, pair: DuplicateRow, decision: Decision, now: Date): Promise<Duplicate> {
  const decided = await tx.query<DuplicateRow>(
    `update possible_duplicate d set state = $3, kept = $4, note = $5, decided_at = $6, decided_by = $7, decided_org = $8
      where d.tenant = $1 and d.id = $2 returning ${COLUMNS}`,
    [tx.tenant, pair.id, decision.state, decision.kept, decision.note, now, tx.principal.subject, tx.principal.org],
  );
  await audit(tx, now, {
    action: decision.action,
    purpose: decision.note,
    personIds: [pair.a, pair.b],
    detail: { duplicateId: pair.id, kept: decision.kept, ...decision.detail },
  });
  const [answer] = await withSides(tx, decided, now);
  if (!answer) throw new Error('A pair that was decided is not there.');
  return answer;
}

interface SideRow extends RecordedChild {
  personId: string;
}

/** The two sides of each pair, as the asking provider recorded them. */
async function withSides(tx: Tx, rows: readonly DuplicateRow[], now: Date): Promise<Duplicate[]> {
  const people = [...new Set(rows.flatMap(({ a, b }) => [a, b]))];
  if (people.length === 0) return [];
  const records = await readIdentity(tx, now, 'deciding on duplicates', people, () =>
    tx.query<SideRow>(
      `select person_id as "personId", given_name as "givenName", family_name as "familyName", birth_date as "birthDate", postcode
        from person_identity where tenant = $1 and person_id = any($2) and provider = $3`,
      [tx.tenant, people, tx.principal.org],
    ),
  );
  const known = await tx.query<{ personId: string; hasNhsNumber: boolean; referralIds: string[] }>(
    `select p.id as "personId", p.nhs_number_key is not null as "hasNhsNumber",
        array(select r.id from referral r join referral_party y on y.tenant = r.tenant and y.referral_id = r.id
          where r.tenant = p.tenant and r.person_id = p.id and y.provider = $3 order by r.id) as "referralIds"
      from person p where p.tenant = $1 and p.id = any($2)`,
    [tx.tenant, people, tx.principal.org],
  );
  return rows.map(({ a, b, ...row }) => {
    const [one, other] = [a, b].map((id) => records.find((record) => record.personId === id));
    return {
      ...row,
      reasons: one && other ? likeness(one, other).reasons : [],
      children: [a, b].map((personId) => {
        const record = records.find((each) => each.personId === personId);
        const facts = known.find((each) => each.personId === personId);
        return {
          personId,
          givenName: record?.givenName ?? null,
          familyName: record?.familyName ?? null,
          birthDate: record?.birthDate ?? null,
          postcode: record?.postcode ?? null,
          hasNhsNumber: facts?.hasNhsNumber ?? false,
          referralIds: facts?.referralIds ?? [],
        };
      }),
    };
  });
}
