import { Imports } from '#imports';
import type { Principal } from '#kernel';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { PROVIDERS, TENANT, type BenchDatabase } from './bench-database.js';
import type { Bench } from './context.js';
import { FILE_COLUMNS, writeReferrals } from './import-file.js';
import { median, seconds, timed, type Finding } from './print.js';

const WORKERS = 2;
const [PROVIDER] = PROVIDERS;
const MOST_MEMORY_MB = 300;
/** A short run says little by itself; a run of minutes is its own average. */
const roundsOf = (size: number): number => (size <= 10_000 ? 3 : 1);
export const DATA_MANAGER: Principal = { subject: 'bench', name: 'bench', tenant: TENANT, org: PROVIDER, roles: ['provider-admin'] };

/**
 * A file of referrals taken in, from the upload to the last row, against COPY of the same bytes and bare set-based inserts into the same
 * tables through the same role; how it grows with the file; and the waits of those referrals computed by two workers.
 */
export async function importing(bench: Bench, sizes: readonly number[]): Promise<Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'meanwhile-bench-'));
  const findings: Finding[] = [];
  const perRow: number[] = [];
  try {
    for (const size of sizes) {
      const file = join(folder, `${size}.csv`);
      await writeReferrals(file, size);
      const runs: { ms: number; peakMb: number; waitsMs: number; bare: number }[] = [];
      for (let i = 0; i < roundsOf(size); i++) {
        runs.push({ ...(await ourImport(bench, file, size)), bare: await bareImport(bench, file, size) });
      }
      perRow.push(median(runs.map(({ ms }) => ms)) / size);
      findings.push({
        what: `import of ${size} referrals against COPY and bare inserts of the same`,
        pairs: runs.map(({ ms, bare }) => ({ ours: ms, bare })),
        unit: 'ms',
        goal: { atMost: 3 },
      });
      findings.push({
        what: `resident memory of the worker that takes in ${size} referrals, against ${MOST_MEMORY_MB} MB`,
        pairs: runs.map(({ peakMb }) => ({ ours: peakMb, bare: MOST_MEMORY_MB })),
        unit: 'MB',
        goal: { atMost: 1 },
      });
      findings.push({
        what: `their waits computed by two workers, against the import`,
        pairs: runs.map(({ waitsMs, ms }) => ({ ours: waitsMs, bare: ms })),
        unit: 'ms',
        goal: { atMost: 1 },
      });
      rmSync(file);
    }
    const [first = NaN] = perRow;
    perRow.slice(1).forEach((each, i) => {
      findings.push({
        what: `a row of ${sizes[i + 1]} against a row of ${sizes[0]}`,
        pairs: [{ ours: each, bare: first }],
        unit: 'ms',
        goal: { atMost: 1.5, words: 'linear (at most 1.5)' },
      });
    });
    return findings;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ourImport(bench: Bench, file: string, size: number): Promise<{ ms: number; peakMb: number; waitsMs: number }> {
  const target = await bench.server.create();
  const imports = new Imports(target.database, bench.clock);
  const [importer, folders] = [await bench.workers(target.settings, 1), await bench.workers(target.settings, WORKERS)];
  try {
    const { ms, result: peakMb } = await timed(async () => {
      const { id } = await imports.receive(DATA_MANAGER, { fileName: 'bench.csv', mode: 'apply' }, createReadStream(file));
      const [done] = await importer.run(TENANT, 'imports');
      const view = await imports.get(DATA_MANAGER, id);
      if (view.counts['new'] !== size) throw new Error(`The import of ${size} rows ended so: ${JSON.stringify(view)}`);
      return done?.peakMb ?? NaN;
    });
    bench.say(`import: ${size} referrals taken in in ${seconds(ms)}, at most ${Math.round(peakMb)} MB resident`);
    const { ms: waitsMs } = await timed(() => folders.run(TENANT));
    bench.say(`import: their waits computed in ${seconds(waitsMs)}`);
    return { ms, peakMb, waitsMs };
  } finally {
    await importer.close();
    await folders.close();
    await target.drop();
  }
}

/** Checks nothing, matches nobody, keeps no file and no count. */
async function bareImport(bench: Bench, file: string, size: number): Promise<number> {
  const target = await bench.server.create();
  const bare = await target.bare(TENANT);
  try {
    const { ms } = await timed(async () => {
      await bare.query('begin');
      await bare.query(`create temporary table staged (n serial, ${FILE_COLUMNS.map((c) => `${c} text`).join(', ')})`);
      await pipeline(
        createReadStream(file),
        bare.query(copyFrom(`copy staged (${FILE_COLUMNS.join(', ')}) from stdin (format csv, header)`)),
      );
      await bare.query('analyze staged');
      for (const statement of bareInserts()) await bare.query(statement);
      await bare.query('commit');
    });
    await proveSameRows(target, size);
    bench.say(`import: bare COPY and inserts of ${size} in ${seconds(ms)}`);
    return ms;
  } finally {
    await target.drop();
  }
}

const id = (kind: number): string => `('00000000-000${kind}-7000-8000-' || lpad(to_hex(s.n), 12, '0'))::uuid`;

const bareInserts = (): string[] => [
  `insert into person (tenant, id, nhs_number_key, birth_date_key, birth_month, sex, local_authority, gp_practice, ethnic_category, sen)
    select '${TENANT}', ${id(1)}, sha256(s.nhs_number::bytea), sha256((s.nhs_number || s.birth_date)::bytea), date_trunc('month', s.birth_date::date), s.sex,
      s.local_authority, s.gp_practice, s.ethnic_category, s.sen from staged s`,
  `insert into person_identity (tenant, person_id, provider, given_name, family_name, birth_date, nhs_number, postcode)
    select '${TENANT}', ${id(1)}, '${PROVIDER}', s.given_name, s.family_name, s.birth_date::date, s.nhs_number, s.postcode from staged s`,
  `insert into contact (tenant, id, person_id, provider, name, relationship, may_contact, phone)
    select '${TENANT}', md5(s.n || s.contact1_name)::uuid, ${id(1)}, '${PROVIDER}', s.contact1_name, s.contact1_relationship, true, s.contact1_phone from staged s`,
  `insert into pathway (tenant, id, person_id, line, changed_at) select '${TENANT}', ${id(2)}, ${id(1)}, s.service, now() from staged s`,
  `insert into referral (tenant, id, pathway_id, person_id, service_id, line, provider, source_system, source_id, digest, authored_on, source_of_referral, need,
      recorded_at, recorded_by)
    select '${TENANT}', ${id(3)}, ${id(2)}, ${id(1)}, v.id, s.service, '${PROVIDER}', s.source_system, s.source_id, sha256(s.source_id::bytea), s.authored_on::date,
      s.source_of_referral, s.need, now(), 'bare'
    from staged s join service v on v.tenant = '${TENANT}' and v.line = s.service and v.provider = '${PROVIDER}'`,
  `insert into speech_and_language_therapy_details (tenant, referral_id, need, setting) select '${TENANT}', ${id(3)}, s.need, s.setting from staged s`,
  `insert into referral_party (tenant, referral_id, provider, since) select '${TENANT}', ${id(3)}, '${PROVIDER}', now() from staged s`,
  `insert into pathway_event (tenant, pathway_id, referral_id, seq, type, occurred_on, data, recorded_at, recorded_by, recorded_org)
    select '${TENANT}', ${id(2)}, ${id(3)}, 1, 'referral-received', s.received_on::date,
      jsonb_build_object('provider', '${PROVIDER}', 'receivedOn', s.received_on, 'priority', s.priority, 'facts', jsonb_build_object('ageAtReferral', 9, 'localAuthority', s.local_authority)),
      now(), 'bare', '${PROVIDER}' from staged s`,
];

/** It would be no comparison if the other side wrote less. */
async function proveSameRows({ owner }: BenchDatabase, size: number): Promise<void> {
  for (const table of [
    'person',
    'person_identity',
    'contact',
    'pathway',
    'referral',
    'speech_and_language_therapy_details',
    'referral_party',
    'pathway_event',
  ]) {
    const { rows } = await owner.query<{ n: string }>(`select count(*) as n from ${table}`);
    if (Number(rows[0]?.n) !== size) throw new Error(`The bare import wrote ${rows[0]?.n} rows of ${table}, not ${size}.`);
  }
}
