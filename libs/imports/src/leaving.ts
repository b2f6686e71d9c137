import type { Tx } from '#database';
import type { LocalDate } from '#kernel';
import { ENDS, referralViews, type ReferralView } from '#referrals';
import { isOpen } from '#waits';
import type { RejectedCells } from './rejected.js';
import type { Staged } from './staging.js';

const ENDING = `(${ENDS.map((type) => `'${type}'`).join(', ')})`;

/** What of a staged row `e` ends the referral it is about. A file that has some other day where deaths should be would end a whole list. */
const SAYS_END: Record<Staged, string> = {
  staged_event: `(e.event ->> 'type' = 'closed' or e.event ->> 'type' in ${ENDING})`,
  staged_referral: 'e.died_on is not null',
};

/** Open referrals of a provider, and how many of them the staged rows would end. */
export async function countLeaving(tx: Tx, provider: string, table: Staged): Promise<{ open: number; wouldEnd: number }> {
  const row = await tx.one<{ open: number; wouldEnd: number }>(
    `with listed as (select r.source_system, r.source_id from referral r left join referral_state s on s.tenant = r.tenant and s.referral_id = r.id
        -- What has not been computed yet is open, and on the list of who sent it.
        where r.tenant = $1 and r.provider = $2 and coalesce(s.provider, r.provider) = $2 and ${isOpen(`coalesce(s.state, 'waiting')`)})
      select (select count(*) from listed) as open,
        (select count(*) from listed where exists (select from ${table} e where e.source_system = listed.source_system and e.source_id = listed.source_id
          and ${SAYS_END[table]})) as "wouldEnd"`,
    [tx.tenant, provider],
  );
  return row ?? { open: 0, wouldEnd: 0 };
}

/** Where rows that were set aside leave which referral they are about: it is in the file, whatever is wrong with its row. */
export async function makeSetAsideSources(tx: Tx): Promise<void> {
  await tx.query('drop table if exists pg_temp.set_aside_source');
  await tx.query('create temporary table set_aside_source (source_system text, source_id text)');
}

export async function keepSetAsideSources(tx: Tx, rejected: readonly RejectedCells[]): Promise<void> {
  const sources = rejected.flatMap(({ source }) => source ?? []);
  if (sources.length === 0) return;
  await tx.execute('insert into set_aside_source select unnest($1::text[]), unnest($2::text[])', [
    sources.map(({ system }) => system),
    sources.map(({ id }) => id),
  ]);
}

/** Ended by an event that stands, though its state was not computed since. */
const ENDED_SINCE = `exists (select from pathway_event e where e.tenant = r.tenant and e.pathway_id = r.pathway_id and e.referral_id = r.id
  and (e.type in ${ENDING} or e.data ->> 'none' = 'true') and not exists (
    select from pathway_event v where v.tenant = e.tenant and v.pathway_id = e.pathway_id and v.referral_id = e.referral_id
      and v.type = 'event-voided' and (v.data ->> 'seq')::integer = e.seq))`;

/**
 * Finds the open referrals that a file said to be the whole list should hold and does not, and keeps which they are, in place of what was kept
 * of this import before. Nothing is done to them.
 *
 * It should hold what this provider has on its lists from the source systems of the staged rows; but not what was received, or first told,
 * after the day of the extract, nor what a newer extract has told of.
 */
export async function keepMissing(
  tx: Tx,
  { id, provider, extractedOn }: { id: string; provider: string; extractedOn: LocalDate },
): Promise<{ expected: number; missing: number }> {
  await tx.execute('delete from import_missing where tenant = $1 and import_id = $2', [tx.tenant, id]);
  const row = await tx.one<{ expected: number; missing: number }>(
    `with expected as (
        select r.id, r.source_system, r.source_id from referral r
        join pathway p on p.tenant = r.tenant and p.id = r.pathway_id
        left join referral_state s on s.tenant = r.tenant and s.referral_id = r.id
        where r.tenant = $1 and r.provider = $3 and r.source_system in (select source_system from staged_referral)
          -- What has not been computed yet is open: it was just told.
          and coalesce(s.provider, r.provider) = $3 and ${isOpen(`coalesce(s.state, 'waiting')`)} and (p.folded >= p.changed or not ${ENDED_SINCE})
          and (s.received_on is null or s.received_on <= $4)
          and coalesce(r.extracted_on, (r.recorded_at at time zone 'Europe/London')::date) <= $4),
      missing as (
        insert into import_missing (tenant, import_id, referral_id) select $1, $2, e.id from expected e
        where not exists (select from staged_referral g where g.source_system = e.source_system and g.source_id = e.source_id)
          and not exists (select from set_aside_source g where g.source_system = e.source_system and g.source_id = e.source_id)
        returning referral_id)
      select (select count(*) from expected) as expected, (select count(*) from missing) as missing`,
    [tx.tenant, id, provider, extractedOn],
  );
  return row ?? { expected: 0, missing: 0 };
}

/** A page of what was kept as missing from an import, in the order of ids; each where it stands today. */
export async function listMissing(
  tx: Tx,
  importId: string,
  { limit, after, today }: { limit: number; after: string | null; today: LocalDate },
): Promise<ReferralView[]> {
  const rows = await tx.query<{ id: string }>(
    `select referral_id as id from import_missing where tenant = $1 and import_id = $2 and ($3::uuid is null or referral_id > $3)
      order by referral_id limit $4`,
    [tx.tenant, importId, after, limit],
  );
  const ids = rows.map(({ id }) => id);
  const views = new Map((await referralViews(tx, ids, today)).map((view) => [view.id, view]));
  return ids.flatMap((id) => views.get(id) ?? []);
}
