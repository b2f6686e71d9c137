import { Secrets } from '#config';
import { audit, Database, readIdentity, withEveryRecord, type Tx } from '#database';
import { brokenRule, Clock, DomainError, isUuid, notFound, type LocalDate, type Principal } from '#kernel';
import { birthDateKey, nhsNumberKey, referralProblems, referralViews } from '#referrals';
import { Injectable } from '@nestjs/common';
import { lockPersons } from './person-facts.js';

/** A child known under one NHS number, or one record, with two birth dates. Nothing is sent until a person decides. */
export interface Dispute {
  personId: string;
  since: Date;
  /** As the asking provider recorded the child; null where it holds none. */
  givenName: string | null;
  familyName: string | null;
  /** As this provider recorded and was told it. What another was told is not shown: ask it, or look the number up. */
  birthDates: LocalDate[];
  /** This provider told of the child under another NHS number than is held, which is not taken over. */
  otherNumberTold: boolean;
  /** Other providers hold the child with a birth date that is none of these. */
  othersDiffer: boolean;
}

export interface DisputeQuery {
  limit: number;
  /** Id of the last one shown. */
  after?: string | undefined;
}

/** Where one NHS number was told with two birth dates: what is known of it, and a person's decision. */
@Injectable()
export class Disputes {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly secrets: Secrets,
  ) {}

  /** Those of children the asking provider knows. Reading them is written down. */
  async list(principal: Principal, query: DisputeQuery): Promise<Dispute[]> {
    return this.database.inTenant(principal, async (tx) => {
      const found = await tx.query<{ personId: string; since: Date }>(
        `select p.id as "personId", p.identity_disputed_at as since from person p
          where p.tenant = $1 and p.identity_disputed_at is not null and p.joined_to is null and ${KNOWN} and ($3::uuid is null or p.id > $3)
          order by p.id limit $4`,
        [tx.tenant, principal.org, query.after ?? null, query.limit],
      );
      return withRecords(tx, found, this.clock.now());
    });
  }

  /**
   * A person has found out which birth date is right: it becomes the asking provider's, and the one the number is compared with. Other providers'
   * records stay as they are: one that tells the other birth date again puts the child in dispute again.
   */
  async decide(
    principal: Principal,
    personId: string,
    { birthDate, reason }: { birthDate: LocalDate; reason: string },
  ): Promise<{ personId: string; birthDate: LocalDate }> {
    const now = this.clock.now();
    if (!isUuid(personId)) throw notFound('dispute');
    return this.database.inTenant(principal, async (tx) => {
      const known = await tx.one(`select p.id from person p where p.tenant = $1 and p.id = $3 and p.joined_to is null and ${KNOWN}`, [
        tx.tenant,
        principal.org,
        personId,
      ]);
      const person = (await lockPersons(tx, [personId])).get(personId);
      if (!known || !person) throw notFound('dispute');
      if (person.identity_disputed_at === null) throw new DomainError('conflict', 'This child is not in dispute, or somebody has decided.');
      await refuseImpossible(tx, personId, birthDate, this.clock.today());
      await readIdentity(tx, now, 'deciding a dispute about a birth date', [personId], () => mendOwnRecord(tx, personId, birthDate));
      const number = await withEveryRecord(tx, now, 'the number a birth date is kept for', [personId], () =>
        this.#numberOf(tx, personId, person.nhs_number_key),
      );
      await tx.execute(
        `update person set identity_disputed_at = null, birth_month = date_trunc('month', $3::date), birth_date_key = coalesce($4, birth_date_key)
          where tenant = $1 and id = $2`,
        [tx.tenant, personId, birthDate, number === null ? null : birthDateKey(this.secrets.nhsNumberKey, tx.tenant, number, birthDate)],
      );
      await audit(tx, now, { action: 'dispute-decided', purpose: reason, personIds: [personId] });
      return { personId, birthDate };
    });
  }

  /** The number by which the child is matched, from any record that holds it. */
  async #numberOf(tx: Tx, personId: string, key: unknown): Promise<string | null> {
    const rows = await tx.query<{ number: string }>(
      `select distinct nhs_number as number from person_identity where tenant = $1 and nhs_number is not null
        and (person_id = $2 or person_id in (select id from person where tenant = $1 and joined_to = $2))`,
      [tx.tenant, personId],
    );
    const found = rows.find(({ number }) => `\\x${nhsNumberKey(this.secrets.nhsNumberKey, tx.tenant, number).toString('hex')}` === key);
    return found?.number ?? null;
  }
}

/** The provider $2 has, or has had, a referral of the child. */
const KNOWN = `exists (select from referral r join referral_party y on y.tenant = r.tenant and y.referral_id = r.id and y.provider = $2
  where r.tenant = p.tenant and r.person_id = p.id)`;

/** A child with this birth date could not have been referred as it was: before it was born, or to a list for children when it was none. */
async function refuseImpossible(tx: Tx, personId: string, birthDate: LocalDate, today: LocalDate): Promise<void> {
  const rows = await tx.query<{ id: string }>(`select id from referral where tenant = $1 and person_id = $2`, [tx.tenant, personId]);
  const ids = rows.map(({ id }) => id);
  for (const { receivedOn } of await referralViews(tx, ids, today)) {
    const [problem] = referralProblems({ receivedOn, person: { birthDate } }, today);
    if (problem) throw brokenRule('birthDate', problem.message);
  }
}

/** Compared anew with other children's records, under the birth date that is right. */
async function mendOwnRecord(tx: Tx, personId: string, birthDate: LocalDate): Promise<void> {
  const { tenant } = tx;
  const { org } = tx.principal;
  await tx.execute(
    `update person_identity set birth_date = $4, keys_made_at = null where tenant = $1 and person_id = $2 and provider = $3`,
    [tenant, personId, org, birthDate],
  );
  await tx.execute(`delete from told_birth_date where tenant = $1 and person_id = $2 and provider = $3`, [tenant, personId, org]);
}

interface BirthDateRow {
  personId: string;
  provider: string;
  birthDate: LocalDate;
  givenName: string | null;
  familyName: string | null;
  otherNumber: boolean;
}

/** Birth dates of the child and of records that were joined with it, recorded or told. The other providers' are compared, and not shown. */
async function withRecords(tx: Tx, found: readonly { personId: string; since: Date }[], now: Date): Promise<Dispute[]> {
  if (found.length === 0) return [];
  const ids = found.map((each) => each.personId);
  const rows = await withEveryRecord(tx, now, 'disputes about a birth date', ids, () =>
    tx.query<BirthDateRow>(
      `with record as (select id, coalesce(joined_to, id) as child from person where tenant = $1 and (id = any($2) or joined_to = any($2)))
        select r.child as "personId", i.provider, i.birth_date as "birthDate", i.given_name as "givenName", i.family_name as "familyName", false as "otherNumber"
          from record r join person_identity i on i.tenant = $1 and i.person_id = r.id
        union all select r.child, d.provider, d.birth_date, null, null, d.other_number from record r join told_birth_date d on d.tenant = $1 and d.person_id = r.id
        order by 3`,
      [tx.tenant, ids],
    ),
  );
  return found.map(({ personId, since }) => {
    const ours = rows.filter((row) => row.personId === personId && row.provider === tx.principal.org);
    const birthDates = [...new Set(ours.map((row) => row.birthDate))];
    const named = ours.find((row) => row.givenName !== null);
    return {
      personId,
      since,
      givenName: named?.givenName ?? null,
      familyName: named?.familyName ?? null,
      birthDates,
      otherNumberTold: ours.some((row) => row.otherNumber),
      othersDiffer: rows.some(
        (row) => row.personId === personId && row.provider !== tx.principal.org && !birthDates.includes(row.birthDate),
      ),
    };
  });
}
