import type { LocalDate } from '#kernel';
import { serviceLines } from '#service-lines';
import { RULES_VERSION } from '#waits';
import type pg from 'pg';
import { PROVIDERS, tidy, type BenchDatabase } from './bench-database.js';

/** As many pathways as a worker folds in one transaction: rows of different tenants lie between each other as workers would have left them. */
const CHUNK = 400;

const id = (kind: number): string => `('00000000-0' || $2 || '${kind}-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`;
const LINE = `($6::text[])[1 + n % 3]`;
const PROVIDER = `($7::text[])[1 + n % 7 % 3]`;

/** Open waits of one measure, computed, with the rows they refer to; each tenant as many, in turns. */
export async function loadOpenWaits({ owner }: BenchDatabase, tenants: readonly string[], count: number, today: LocalDate): Promise<void> {
  const lines = serviceLines.map((l) => l.code);
  for (let from = 1; from <= count; from += CHUNK) {
    await owner.query('begin');
    for (const [i, tenant] of tenants.entries()) {
      await owner.query(`select set_config('meanwhile.tenant', $1, true)`, [tenant]);
      await insertChunk(owner, [tenant, String(10 + i), from, Math.min(count, from + CHUNK - 1), today, lines, PROVIDERS, RULES_VERSION]);
    }
    await owner.query('commit');
  }
  await tidy(owner, 'person', 'pathway', 'referral', 'wait', 'service', 'tenant');
}

async function insertChunk(owner: pg.Client, given: unknown[]): Promise<void> {
  await owner.query(
    `with numbers as (select n from generate_series($3::integer, $4::integer) n),
      people as (insert into person (tenant, id, birth_month, local_authority)
        select $1, ${id(1)}, date '2012-01-01' + (n % 96) * interval '1 month', 'E06000061' from numbers),
      pathways as (insert into pathway (tenant, id, person_id, line, changed, folded, rules_version, changed_at)
        select $1, ${id(2)}, ${id(1)}, ${LINE}, 1, 1, $8, $5::date from numbers),
      referrals as (insert into referral (tenant, id, pathway_id, person_id, service_id, line, provider, source_system, source_id, digest,
          source_of_referral, need, recorded_at, recorded_by)
        select $1, ${id(3)}, ${id(2)}, ${id(1)}, s.id, s.line, s.provider, 'bench', n::text, ''::bytea, 'gp', 'other', $5::date, 'bench'
        from numbers join service s on s.tenant = $1 and s.line = ${LINE} and s.provider = ${PROVIDER})
      insert into wait (tenant, pathway_id, measure, ordinal, period, is_latest, referral_id, person_id, line, provider, headline, state, started_on,
        target_days, breach_on, listed_from, listed_to, next_change_on, rules_version)
      select $1, ${id(2)}, 'sitrep', 1, 1, true, ${id(3)}, ${id(1)}, ${LINE}, ${PROVIDER}, true, 'waiting', x.started,
        126, x.started + 127, x.started, 'infinity', $5::date + n % 7 + 1, $8
      from numbers cross join lateral (select $5::date - (n * 7919) % 730 as started) x`,
    given,
  );
}
