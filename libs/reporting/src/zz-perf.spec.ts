import { systemPrincipal, type Principal } from '#kernel';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { Reports } from './reports.js';
import { planWaits } from './waits-plan.js';
import { waitsStatement } from './waits-statement.js';

let t: TestDatabase;
beforeAll(async () => void (t = await testDatabase()));
afterAll(() => t.close());
const manager: Principal = { subject: 'u', name: 'U', tenant: 'TEST', org: 'QZZ', roles: ['icb-manager'] };
const commissioner: Principal = { ...manager, roles: ['commissioner'] };
test('perf', async () => {
  const sys = systemPrincipal('TEST', 'perf');
  await t.database.inTenant(sys, async (tx) => {
    await tx.execute(`create temp table n as select g, gen_random_uuid() as person, gen_random_uuid() as pathway, gen_random_uuid() as referral,
       (random()*700)::int as days, case when random() < .5 then 'ZZ999' else 'ZZ998' end as provider, g <= 100000 as open from generate_series(1, 300000) g`);
    await tx.execute(`insert into person (tenant,id,birth_month,local_authority,sen,deprivation_decile,ethnic_category) select 'TEST', person, date_trunc('month', date '2026-01-01' - (random()*6000)::int)::date, case when random()<.5 then 'E06000061' else 'E06000062' end, 'none', 1+(random()*9)::int,'A' from n`);
    await tx.execute(`insert into pathway (tenant,id,person_id,line,changed_at,folded) select 'TEST', pathway, person, 'speech-and-language-therapy', now(), 1 from n`);
    await tx.execute(`insert into referral (tenant,id,pathway_id,person_id,service_id,line,provider,source_system,source_id,digest,source_of_referral,need,recorded_at,recorded_by) select 'TEST', referral, pathway, person, s.id, s.line, s.provider, 'x', referral::text, '', 'gp', 'voice', now(), 'x' from n join service s on s.tenant='TEST' and s.line='speech-and-language-therapy' and s.provider = n.provider`);
    for (const m of ['sitrep', 'ahp-rtt', 'experienced'])
      await tx.execute(`insert into wait (tenant, pathway_id, measure, ordinal, period, is_latest, referral_id, person_id, line, provider, headline, state, started_on, target_days, breach_on, listed_from, listed_to, rules_version)
       select 'TEST', pathway, $1, 1,1,true, referral, person, 'speech-and-language-therapy', provider, $1='sitrep', 'waiting', date '2026-11-22' - days, 126, date '2026-11-22' - days + 127, date '2026-11-22' - days, case when open then 'infinity'::date else date '2026-11-22' - days/2 end, 'x' from n`, [m]);
    await tx.execute(`insert into referral_state (tenant, referral_id, pathway_id, person_id, line, provider, state, stage, stage_since, priority, listed_on, received_on, headline_started_on, last_human_contact_on, next_check_in_on)
       select 'TEST', referral, pathway, person, 'speech-and-language-therapy', provider, case when open then 'waiting' else 'closed' end, 'awaiting-triage', date '2026-11-22' - days, 'routine', date '2026-11-22' - days, date '2026-11-22' - days, date '2026-11-22' - days, date '2026-11-22' - days/2, date '2026-11-22' + 30 - (random()*32)::int from n`);
    await tx.execute('drop table n');
  });
  const { asOwner } = await import('../../../test/support/database.js');
  await asOwner(t.ownerUrl, (c) => c.query('vacuum analyze'));
  const reports = new Reports(t.database, t.clock);
  const time = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    const all: number[] = [];
    for (let i = 0; i < 8; i++) { const a = performance.now(); await work(); all.push(performance.now() - a); }
    console.log(name, all.sort((a, b) => a - b).map((x) => x.toFixed(0)).join(' '));
  };
  const bare = `select count(*) as waiting, ${[[0,7],[8,14],[15,28],[29,84],[85,126],[127,364],[365,728],[729,99999]].map(([a,b]) => `count(*) filter (where date '2026-11-22' - started_on between ${a} and ${b})`).join(',')},
     count(*) filter (where breach_on > '2026-11-22'), percentile_cont(array[.5,.9,.92]) within group (order by date '2026-11-22' - started_on), max(date '2026-11-22' - started_on)
     from wait where tenant='TEST' and measure='sitrep' and listed_from <= '2026-11-22' and listed_to > '2026-11-22'`;
  await time('bare', () => t.database.inTenant(manager, (tx) => tx.query(bare)));
  await time('report', () => reports.waits(manager, { measure: 'sitrep' }));
  await time('report hes', () => reports.waits(commissioner, { measure: 'sitrep' }));
  await time('bare', () => t.database.inTenant(manager, (tx) => tx.query(bare)));
  await time('bare by provider', () => t.database.inTenant(manager, (tx) => tx.query(bare.replace('select ', 'select provider, ') + ' group by provider')));
  await time('by provider', () => reports.waits(manager, { measure: 'sitrep', groupBy: ['provider'] }));
  await time('by council', () => reports.waits(manager, { measure: 'sitrep', groupBy: ['localAuthority'] }));
  await time('by council age need stage', () => reports.waits(manager, { measure: 'sitrep', groupBy: ['localAuthority', 'ageBand', 'need', 'stage'] }));
  await time('weekly', () => reports.waits(manager, { measure: 'ahp-rtt' }));
  await time('as of past', () => reports.waits(manager, { measure: 'sitrep', asOf: '2026-06-30' }));
  const hist = `with listed as (select date '2026-11-22' - w.started_on as days, count(*) as n, count(*) filter (where breach_on is null or breach_on > '2026-11-22') as within, bool_or(breach_on is not null) as targeted
     from wait w where w.tenant='TEST' and w.measure='sitrep' and w.listed_from <= '2026-11-22' and w.listed_to > '2026-11-22' group by 1),
     ranked as (select *, sum(n) over (order by days) as upto, sum(n) over () as total from listed)
     select sum(n), ${[[0,7],[8,14],[15,28],[29,84],[85,126],[127,364],[365,728],[729,99999]].map(([a,b]) => `sum(n) filter (where days between ${a} and ${b})`).join(',')}, sum(within), bool_or(targeted),
      ${[0.5,0.9,0.92].map((p) => `min(days) filter (where upto > floor(${p}*(total-1)))`).join(',')}, max(days) from ranked`;
  await time('hist', () => t.database.inTenant(manager, (tx) => tx.query(hist)));
  await time('bare', () => t.database.inTenant(manager, (tx) => tx.query(bare)));
  await time('hist', () => t.database.inTenant(manager, (tx) => tx.query(hist)));
  await time('report', () => reports.waits(manager, { measure: 'sitrep' }));
}, 600_000);
