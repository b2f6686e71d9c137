import type { LocalDate } from '#kernel';
import { serviceLines } from '#service-lines';
import { RULES_VERSION } from '#waits';
import type pg from 'pg';
import { PROVIDERS, tidy, type BenchDatabase } from './bench-database.js';

/** As many waits as a worker writes in one transaction: rows of different tenants lie between each other as workers would have left them. */
const CHUNK = 400;

const id = (kind: number): string => `('00000000-0' || $2 || '${kind}-7000-8000-' || lpad(to_hex(p), 12, '0'))::uuid`;
const LINE = `($6::text[])[1 + p % 3]`;
const PROVIDER = `($7::text[])[1 + p % 7 % 3]`;

export interface OpenWaits {
  tenant: string;
  /** Waits of one pathway. More than one where only the waits matter: the rest of a neighbour is never read. */
  each: 1 | 10;
}

/** So many open waits of one measure for each tenant, in turns, computed, with the rows they refer to. */
export async function loadOpenWaits({ owner }: BenchDatabase, lists: readonly OpenWaits[], count: number, today: LocalDate): Promise<void> {
  const lines = serviceLines.map((l) => l.code);
  for (let from = 1; from <= count; from += CHUNK) {
    const to = Math.min(count, from + CHUNK - 1);
    await owner.query('begin');
    for (const [i, { tenant, each }] of lists.entries()) {
      await owner.query(`select set_config('meanwhile.tenant', $1, true)`, [tenant]);
      await insertChunk(owner, [tenant, String(10 + i), from, to, today, lines, PROVIDERS, RULES_VERSION, each]);
    }
    await owner.query('commit');
  }
  await tidy(owner, 'person', 'pathway', 'referral', 'wait', 'service', 'tenant');
}

async function insertChunk(owner: pg.Client, given: unknown[]): Promise<void> {
  await owner.query(
    `with numbers as (select n, (n - 1) / $9::integer + 1 as p from generate_series($3::integer, $4::integer) n),
      children as (select distinct p from numbers),
      people as (insert into person (tenant, id, birth_month, local_authority)
        select $1, ${id(1)}, date '2012-01-01' + (p % 96) * interval '1 month', 'E06000061' from children),
      pathways as (insert into pathway (tenant, id, person_id, line, changed, folded, rules_version, changed_at)
        select $1, ${id(2)}, ${id(1)}, ${LINE}, 1, 1, $8, $5::date from children),
      referrals as (insert into referral (tenant, id, pathway_id, person_id, service_id, line, provider, source_system, source_id, digest,
          source_of_referral, need, recorded_at, recorded_by)
        select $1, ${id(3)}, ${id(2)}, ${id(1)}, s.id, s.line, s.provider, 'bench', p::text, ''::bytea, 'gp', 'other', $5::date, 'bench'
        from children join service s on s.tenant = $1 and s.line = ${LINE} and s.provider = ${PROVIDER})
      insert into wait (tenant, pathway_id, measure, ordinal, period, is_latest, referral_id, person_id, line, provider, headline, state, started_on,
        target_days, breach_on, listed_from, listed_to, next_change_on, rules_version)
      select $1, ${id(2)}, 'sitrep', 1 + n % $9::integer, 1, true, ${id(3)}, ${id(1)}, ${LINE}, ${PROVIDER}, true, 'waiting', x.started,
        126, x.started + 127, x.started, 'infinity', $5::date + n % 7 + 1, $8
      from numbers cross join lateral (select $5::date - (n * 7919) % 730 as started) x`,
    given,
  );
}
