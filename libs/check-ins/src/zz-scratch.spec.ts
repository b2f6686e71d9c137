import { CheckInSuite } from './suite.fixture.js';
import { asOwner } from '../../../test/support/database.js';
import { goLive, MENTAL_HEALTH } from './waiting-child.fixture.js';

const suite = new CheckInSuite();
it('scale', async () => {
  const seed = await suite.child({ line: MENTAL_HEALTH });
  await asOwner(suite.t.ownerUrl, async (c) => {
    const N = 9000;
    await c.query(`create temp table n as select i, gen_random_uuid() pid, gen_random_uuid() wid, gen_random_uuid() rid, gen_random_uuid() cid from generate_series(1, ${N}) i`);
    await c.query(`insert into person (tenant, id, birth_month) select 'TEST', pid, '2015-05-01' from n`);
    await c.query(`insert into person_identity (tenant, person_id, provider, given_name, family_name, birth_date) select 'TEST', pid, 'ZZ999', 'a', 'b', '2015-05-04' from n`);
    await c.query(`insert into contact (tenant, id, person_id, provider, name, relationship, role, may_contact, phone) select 'TEST', cid, pid, 'ZZ999', 'x', 'mother', 'parent', true, '+4477' || lpad(i::text, 8, '0') from n`);
    await c.query(`insert into pathway (tenant, id, person_id, line, changed_at, folded) select 'TEST', wid, pid, 'mental-health', now(), 1 from n`);
    await c.query(`insert into referral select tenant, rid, wid, pid, service_id, line, provider, source_system, rid::text, digest, authored_on, source_of_referral, need, recorded_at, recorded_by from referral, n where id = $1`, [seed.referralId]);
    await c.query(`insert into referral_state (tenant, referral_id, pathway_id, person_id, line, provider, state, stage, stage_since, priority, listed_on, next_check_in_on)
      select 'TEST', rid, wid, pid, 'mental-health', 'ZZ999', 'waiting', 'x', '2024-01-01', 'routine', date '2024-01-01' + (i % 500), '2024-06-01' from n`);
    await c.query('analyze');
    const { rows: [d] } = await c.query('select current_database() as d');
    await c.query(`alter database ${d.d} set session_preload_libraries = 'auto_explain'`);
    await c.query(`alter database ${d.d} set auto_explain.log_min_duration = 150`);
    await c.query(`alter database ${d.d} set auto_explain.log_analyze = on`);
    await c.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
  });
  for (const cap of [300, 1500]) {
    await goLive(suite.t.database, { line: MENTAL_HEALTH, cap });
    const start = performance.now();
    const r = await suite.sweep();
    console.log(cap, JSON.stringify(r), Math.round(performance.now() - start), 'ms');
  }
}, 300000);
