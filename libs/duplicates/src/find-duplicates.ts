import { Secrets } from '#config';
import { audit, Database, readIdentity, type Tx } from '#database';
import { Clock, newId, systemPrincipal } from '#kernel';
import { Injectable } from '@nestjs/common';
import { likeness, WORTH_A_LOOK, type Likeness, type RecordedChild } from './likeness.js';
import { matchKeysOf } from './match-keys.js';

export interface FoundDuplicates {
  /** Records looked at for the first time, or again because they were mended. */
  records: number;
  /** Pairs proposed, or proposed again with another score. */
  proposed: number;
  /** Keys that too many children share to say anything. */
  skippedKeys: number;
}

export const DUPLICATE_PASS = 'duplicates';
const PURPOSE = 'find duplicates';
const BATCH = 200;
/** A pass ends after so many, about half a minute: other passes wait for it in the same queue, and the next one goes on. */
const MOST_BATCHES = 50;
/** More children than this under one key and it tells none from another: 1 January, in a tenant with many whose birth date is not known. */
const MOST_UNDER_A_KEY = 50;

/**
 * Looks for children known under two records. Costs what is new: a record is looked at once, against those it shares a key with. Two records are
 * compared as one provider wrote them both, so that nobody learns by a proposal what another provider knows. It proposes; a person decides.
 */
@Injectable()
export class DuplicatePass {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly secrets: Secrets,
  ) {}

  /** Works until no record is left or it has had its turn, a transaction a batch. One pass a tenant at a time: a second one returns at once. */
  async run(tenant: string): Promise<FoundDuplicates> {
    const principal = systemPrincipal(tenant, DUPLICATE_PASS);
    const total: FoundDuplicates = { records: 0, proposed: 0, skippedKeys: 0 };
    for (let n = 0; n < MOST_BATCHES; n++) {
      const batch = await this.database.inTenant(principal, (tx) => this.#batch(tx));
      total.records += batch.records;
      total.proposed += batch.proposed;
      total.skippedKeys += batch.skippedKeys;
      if (batch.records < BATCH) break;
    }
    return total;
  }

  async #batch(tx: Tx): Promise<FoundDuplicates> {
    const now = this.clock.now();
    // Two at once would each miss what the other has not committed yet.
    const turn = await tx.one<{ ours: boolean }>(`select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as ours`, [
      `${DUPLICATE_PASS} ${tx.tenant}`,
    ]);
    if (!turn?.ours) return { records: 0, proposed: 0, skippedKeys: 0 };
    return readIdentity(tx, now, PURPOSE, [], async () => {
      const records = await recordsWithoutKeys(tx);
      if (records.length === 0) return { records: 0, proposed: 0, skippedKeys: 0 };
      const keys = records.flatMap((record) =>
        matchKeysOf(this.secrets.nhsNumberKey, tx.tenant, record.provider, record).map(({ kind, key }) => ({
          personId: record.personId,
          provider: record.provider,
          kind,
          key: key.toString('hex'),
        })),
      );
      await writeKeys(tx, records, keys, now);
      const { pairs, skippedKeys } = await pairsSharingAKey(tx, records);
      const people = [...new Set([...records.map((record) => record.personId), ...pairs.flatMap(({ a, b }) => [a, b])])];
      await audit(tx, now, { action: 'identity-read', purpose: PURPOSE, personIds: people });
      const found = rank(pairs, await recordsOf(tx, pairs));
      return { records: records.length, proposed: await propose(tx, found, now), skippedKeys };
    });
  }
}

interface IdentityRecord extends RecordedChild {
  personId: string;
  provider: string;
}

interface Pair {
  a: string;
  b: string;
}

interface RankedPair extends Pair, Likeness {}

const RECORD = `person_id as "personId", provider, given_name as "givenName", family_name as "familyName", birth_date as "birthDate", postcode`;

async function recordsWithoutKeys(tx: Tx): Promise<IdentityRecord[]> {
  return tx.query<IdentityRecord>(
    `select ${RECORD} from person_identity where tenant = $1 and keys_made_at is null order by person_id, provider limit ${BATCH} for no key update`,
    [tx.tenant],
  );
}

/** Those of a record that was mended take the place of its old ones. */
async function writeKeys(tx: Tx, records: readonly IdentityRecord[], keys: readonly object[], now: Date): Promise<void> {
  const written = JSON.stringify(records.map(({ personId, provider }) => ({ personId, provider })));
  await tx.execute(
    `delete from match_key k using jsonb_to_recordset($2) as r ("personId" uuid, provider text)
      where k.tenant = $1 and k.person_id = r."personId" and k.provider = r.provider`,
    [tx.tenant, written],
  );
  await tx.execute(
    `with keys as (
        insert into match_key (tenant, person_id, provider, kind, key)
        select $1, k."personId", k.provider, k.kind, decode(k.key, 'hex')
        from jsonb_to_recordset($2) as k ("personId" uuid, provider text, kind text, key text) on conflict do nothing)
      update person_identity i set keys_made_at = $4 from jsonb_to_recordset($3) as r ("personId" uuid, provider text)
      where i.tenant = $1 and i.person_id = r."personId" and i.provider = r.provider`,
    [tx.tenant, JSON.stringify(keys), written, now],
  );
}

/**
 * Pairs of which one is new, and how many keys said nothing. Not among them: pairs a person has decided, children whose two NHS numbers differ
 * (a number is of one child), and records that were joined.
 */
async function pairsSharingAKey(tx: Tx, records: readonly IdentityRecord[]): Promise<{ pairs: Pair[]; skippedKeys: number }> {
  const fresh = [...new Set(records.map((record) => record.personId))];
  const row = await tx.one<{ pairs: Pair[]; skippedKeys: number }>(
    `with asked as (select distinct kind, key from match_key where tenant = $1 and person_id = any($2)),
      shared as (
        select array(select distinct o.person_id from match_key o where o.tenant = $1 and o.kind = asked.kind and o.key = asked.key
          order by 1 limit ${MOST_UNDER_A_KEY + 1}) as people from asked),
      pair as (
        select distinct one as a, other as b from shared, unnest(people) as one, unnest(people) as other
        where cardinality(people) <= ${MOST_UNDER_A_KEY} and one < other and (one = any($2) or other = any($2))),
      undecided as (
        select pair.a, pair.b from pair join person a on a.tenant = $1 and a.id = pair.a join person b on b.tenant = $1 and b.id = pair.b
        where a.joined_to is null and b.joined_to is null and (a.nhs_number_key is null or b.nhs_number_key is null)
          and not exists (select from possible_duplicate d where d.tenant = $1 and d.person_a = pair.a and d.person_b = pair.b and d.state <> 'open'))
      select coalesce((select jsonb_agg(undecided) from undecided), '[]') as pairs,
        (select count(*) from shared where cardinality(people) > ${MOST_UNDER_A_KEY}) as "skippedKeys"`,
    [tx.tenant, fresh],
  );
  return row ?? { pairs: [], skippedKeys: 0 };
}

/** Every provider's record of the children of these pairs, by child. */
async function recordsOf(tx: Tx, pairs: readonly Pair[]): Promise<Map<string, IdentityRecord[]>> {
  const rows = await tx.query<IdentityRecord>(`select ${RECORD} from person_identity where tenant = $1 and person_id = any($2)`, [
    tx.tenant,
    [...new Set(pairs.flatMap(({ a, b }) => [a, b]))],
  ]);
  const records = new Map<string, IdentityRecord[]>();
  for (const row of rows) records.set(row.personId, [...(records.get(row.personId) ?? []), row]);
  return records;
}

/** Each pair by the provider in whose records the two are most alike. */
function rank(pairs: readonly Pair[], records: ReadonlyMap<string, readonly IdentityRecord[]>): RankedPair[] {
  return pairs.flatMap(({ a, b }) => {
    const found = (records.get(a) ?? [])
      .flatMap((one) => (records.get(b) ?? []).filter((other) => other.provider === one.provider).map((other) => likeness(one, other)))
      .toSorted((one, other) => other.score - one.score)[0];
    return found && found.score >= WORTH_A_LOOK ? [{ a, b, ...found }] : [];
  });
}

async function propose(tx: Tx, pairs: readonly RankedPair[], now: Date): Promise<number> {
  if (pairs.length === 0) return 0;
  return tx.execute(
    `insert into possible_duplicate as d (tenant, id, person_a, person_b, score, reasons, found_at)
      select $1, p.id, p.a, p.b, p.score, p.reasons, $3 from jsonb_to_recordset($2) as p (id uuid, a uuid, b uuid, score smallint, reasons text[])
      on conflict (tenant, person_a, person_b) do update set score = excluded.score, reasons = excluded.reasons
        where d.state = 'open' and (d.score, d.reasons) is distinct from (excluded.score, excluded.reasons)`,
    [tx.tenant, JSON.stringify(pairs.map((pair) => ({ ...pair, id: newId(now) }))), now],
  );
}
