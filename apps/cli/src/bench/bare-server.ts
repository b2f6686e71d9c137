import { readSettings } from '#config';
import { newId, SystemClock } from '#kernel';
import { idOf } from '#referrals';
import fastify from 'fastify';
import { createHash } from 'node:crypto';
import pg from 'pg';
import { TENANT } from './bench-database.js';
import type { BenchReferral } from './intake-request.js';

/**
 * What intake is measured against: a bare Fastify and pg server that writes the rows of a referral, through the same role and tables in one
 * transaction, and nothing else. It checks nothing, looks nothing up, matches nobody, folds nothing and rings no queue.
 */
const settings = readSettings();
const clock = new SystemClock();
const pool = new pg.Pool({
  connectionString: settings.databaseUrl ?? '',
  max: settings.poolSize,
  options: `-c role=${settings.appRole} -c timezone=UTC`,
});

const hash = (text: string): Buffer => createHash('sha256').update(text).digest();

async function receive(body: BenchReferral): Promise<{ id: string }> {
  const { person: p, contacts, source, provider, service, receivedOn, priority, details } = body;
  const now = clock.now();
  // Ids in the order of making, as ours: random ones would cost the indexes more.
  const [personId, pathwayId, id] = [newId(now), newId(now), newId(now)];
  const db = await pool.connect();
  try {
    await db.query('begin');
    await db.query(`select set_config('meanwhile.tenant', $1, true), set_config('meanwhile.org', $2, true)`, [TENANT, provider]);
    await db.query(
      `insert into person (tenant, id, nhs_number_key, birth_date_key, birth_month, local_authority, ethnic_category, sen)
        values ($1, $2, $3, $4, date_trunc('month', $5::date), $6, $7, $8)`,
      [TENANT, personId, hash(p.nhsNumber), hash(p.nhsNumber + p.birthDate), p.birthDate, p.localAuthority, p.ethnicCategory, p.sen],
    );
    await db.query(
      `insert into person_identity (tenant, person_id, provider, given_name, family_name, birth_date, nhs_number, postcode)
        values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [TENANT, personId, provider, p.givenName, p.familyName, p.birthDate, p.nhsNumber, p.postcode],
    );
    for (const c of contacts)
      await db.query(
        `insert into contact (tenant, id, person_id, provider, name, relationship, may_contact, phone, preferred_channel) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [TENANT, idOf(personId, c.name), personId, provider, c.name, c.relationship, c.mayContact, c.phone, c.preferredChannel],
      );
    await db.query(`insert into pathway (tenant, id, person_id, line, changed_at) values ($1, $2, $3, $4, now())`, [
      TENANT,
      pathwayId,
      personId,
      service,
    ]);
    await db.query(
      `insert into referral (tenant, id, pathway_id, person_id, service_id, line, provider, source_system, source_id, digest, source_of_referral, need,
          recorded_at, recorded_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, now(), 'bare')`,
      [
        TENANT,
        id,
        pathwayId,
        personId,
        services.get(`${service} ${provider}`),
        service,
        provider,
        source.system,
        source.id,
        hash(source.id),
        'gp',
        details.need,
      ],
    );
    await db.query(`insert into speech_and_language_therapy_details (tenant, referral_id, need, setting) values ($1, $2, $3, $4)`, [
      TENANT,
      id,
      details.need,
      details.setting,
    ]);
    await db.query(`insert into referral_party (tenant, referral_id, provider, since) values ($1, $2, $3, now())`, [TENANT, id, provider]);
    await db.query(
      `insert into pathway_event (tenant, pathway_id, referral_id, seq, type, occurred_on, data, recorded_at, recorded_by, recorded_org)
        values ($1, $2, $3, 1, 'referral-received', $4, $5, now(), 'bare', $6)`,
      [
        TENANT,
        pathwayId,
        id,
        receivedOn,
        { provider, receivedOn, priority, facts: { ageAtReferral: 9, localAuthority: p.localAuthority } },
        provider,
      ],
    );
    await db.query(
      `insert into audit_entry (tenant, id, at, subject, org, action, purpose, person_ids, detail) values ($1, $2, now(), 'bare', $3, 'referral-received', 'intake', $4, $5)`,
      [TENANT, newId(now), provider, [personId], { referralId: id }],
    );
    await db.query('commit');
    return { id };
  } catch (error) {
    await db.query('rollback');
    throw error;
  } finally {
    db.release();
  }
}

const services = new Map<string, string>();
const client = await pool.connect();
await client.query(`select set_config('meanwhile.tenant', $1, false)`, [TENANT]);
const known = await client.query<{ key: string; id: string }>(`select line || ' ' || provider as key, id from service where tenant = $1`, [
  TENANT,
]);
for (const { key, id } of known.rows) services.set(key, id);
client.release(true);

const server = fastify();
server.post<{ Body: BenchReferral }>('/v1/referrals', async (request, reply) => reply.status(201).send(await receive(request.body)));
const url = await server.listen({ port: settings.port, host: settings.host });
console.log(`The bare server answers at ${url}`);
process.once('SIGTERM', () => void server.close().then(() => pool.end()));
