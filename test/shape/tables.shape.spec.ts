import { serviceLines } from '#service-lines';
import { asOwner, testDatabase, type TestDatabase } from '../support/database.js';
import { readCatalogue, type Catalogue } from './catalogue.js';

/** Tables that belong to no tenant. A further one needs a reason in the review, and a line here. */
const WITHOUT_TENANT = ['bank_holiday', 'migration', 'organisation', 'tenant'];
/** Who the child is and how to reach the family: no purpose written down, no row. */
const IDENTITY = ['contact', 'fhir_payload', 'person_identity', 'told_birth_date'];
/** Added to and read, never changed. */
const APPEND_ONLY = ['audit_entry', 'pathway_event'];
const APP_ROLE = 'meanwhile_app';

let t: TestDatabase;
let found: Catalogue;
let ofTenants: Set<string>;

beforeAll(async () => {
  t = await testDatabase();
  found = await asOwner(t.ownerUrl, readCatalogue);
  ofTenants = new Set(found.tables.map((table) => table.name).filter((name) => !WITHOUT_TENANT.includes(name)));
});
afterAll(() => t.close());

const inTenantTables = <T extends { table: string }>(rows: T[]): T[] => rows.filter((row) => ofTenants.has(row.table));

describe('every table', () => {
  it('belongs to a tenant, but for a short named list', () => {
    const withTenant = found.columns.filter((c) => c.column === 'tenant' && c.type === 'text').map((c) => c.table);
    expect(found.tables.map((table) => table.name).filter((name) => !withTenant.includes(name))).toEqual(WITHOUT_TENANT);
  });

  it('has the tenant first in its primary key', () => {
    const keys = inTenantTables(found.constraints).filter((k) => k.kind === 'p');
    expect(keys.map((k) => k.table).sort()).toEqual([...ofTenants].sort());
    expect(keys.filter((k) => k.columns[0] !== 'tenant')).toEqual([]);
  });

  it('has the tenant first in every index, unique or not', () => {
    expect(inTenantTables(found.indexes).filter((index) => index.first !== 'tenant')).toEqual([]);
  });

  it('has the tenant first on both sides of every foreign key to another tenant table', () => {
    const references = found.constraints.filter((k) => k.kind === 'f' && ofTenants.has(k.refersTo ?? ''));
    expect(references.length).toBeGreaterThan(10);
    expect(references.filter((k) => k.columns[0] !== 'tenant' || k.refersToColumns?.[0] !== 'tenant')).toEqual([]);
  });

  it('reaches its tenant by foreign keys, so that no row belongs to nobody', () => {
    const reaches = (table: string, seen: string[] = []): boolean =>
      found.constraints.some(
        (k) =>
          k.kind === 'f' &&
          k.table === table &&
          (k.refersTo === 'tenant' || (!seen.includes(table) && reaches(k.refersTo ?? '', [...seen, table]))),
      );
    expect([...ofTenants].filter((table) => !reaches(table))).toEqual([]);
  });

  it('is closed to other tenants, also to its owner', () => {
    const open = found.tables.filter((table) => ofTenants.has(table.name) && !(table.enabled && table.forced));
    expect(open).toEqual([]);
  });

  it('has no policy that does not name the tenant', () => {
    const names = (rule: string | null): boolean => rule === null || /tenant = \( ?SELECT current_setting\('meanwhile\.tenant'/i.test(rule);
    expect(found.policies.filter((p) => !p.permissive || !names(p.using) || !names(p.withCheck))).toEqual([]);
    expect(new Set(found.policies.map((p) => p.table))).toEqual(ofTenants);
  });

  it('keeps codes as text, for an enum is not leakproof: under row-level security no index would serve it', () => {
    expect(found.columns.filter((c) => c.isEnum)).toEqual([]);
  });

  it('says which words a column of fixed words may hold', () => {
    const codes = found.columns.filter((c) => /^text(\[\])?$/.test(c.type) && FIXED_WORDS.test(c.column) && !c.hasCheck);
    expect(codes.map((c) => `${c.table}.${c.column}`).sort()).toEqual(Object.keys(OPEN_WORDS).sort());
  });

  it('of details has a service line that writes it', () => {
    const details = found.tables.map((table) => table.name).filter((name) => name.endsWith('_details'));
    const mapped = serviceLines.map((line) => t.database.dataSource.getMetadata(line.details).tableName);
    expect(mapped.sort()).toEqual(details);
  });
});

const FIXED_WORDS =
  /(^|_)(state|stage|kind|level|role|channel|rule|sex|sen|care|priority|line|measure|type|code|reason|why|concerns|change|format|template|sender|needed|answered_by)$/;

/** Columns of words that no constraint lists, each with its reason. */
const OPEN_WORDS: Record<string, string> = {
  'check_in.call_why': 'said to staff, and read by nothing',
  'check_in.line': 'a further line is a folder and a registration, without a migration',
  'check_in.why': 'names the milestone: milestone-26w',
  'contact.format': 'what a family asked for, in words',
  'contact.stopped_why': 'said to staff',
  'escalation.line': 'as check_in.line',
  'escalation.reason': 'each line has risks of its own, with names of its own',
  'import_reject.line': 'as check_in.line',
  'mental_health_details.reason': 'a national list that grows; checked where it comes in',
  'message.sender': 'a further sender is one class',
  'message.template': 'a further template is one entry in code',
  'message_hold.why': 'said to staff',
  'pathway.line': 'as check_in.line',
  'pathway_event.type': 'each line adds its own; checked where it comes in',
  'referral.line': 'as check_in.line',
  'referral_state.end_reason': 'copied from an event',
  'referral_state.line': 'as check_in.line',
  'referral_state.next_check_in_why': 'as check_in.why',
  'referral_state.priority': 'computed from events by the rules',
  'referral_state.stage': 'each line has stages of its own',
  'reply.concerns': 'each line asks its own questions; checked where they come in',
  'sandbox_message.channel': 'copied from a message',
  'service.line': 'as check_in.line',
  'specialist_equipment_details.need_level': 'as mental_health_details.reason',
  'threshold_crossing.measure': 'a further line brings its own',
  'wait.line': 'as check_in.line',
  'wait.measure': 'as threshold_crossing.measure',
  'wait.stop_code': 'national codes, several lists',
  'wait_referral.measure': 'as threshold_crossing.measure',
};

describe('the role the application works as', () => {
  it('is weak: no superuser, bypasses nothing, cannot log in, makes nothing, owns nothing', async () => {
    const [role] = await query(
      `select rolsuper, rolbypassrls, rolcanlogin, rolcreatedb, rolcreaterole, rolreplication from pg_roles where rolname = '${APP_ROLE}'`,
    );
    expect(role).toBeDefined();
    expect(Object.entries(role ?? {}).filter(([, granted]) => granted)).toEqual([]);
    const owned = await query(`select relname from pg_class where pg_get_userbyid(relowner) = '${APP_ROLE}'
      union all select nspname from pg_namespace where pg_get_userbyid(nspowner) = '${APP_ROLE}'
      union all select proname from pg_proc where pg_get_userbyid(proowner) = '${APP_ROLE}'`);
    expect(owned).toEqual([]);
  });

  it('is the one that tests run as', async () => {
    expect(await t.database.dataSource.query('select current_user')).toEqual([{ current_user: APP_ROLE }]);
  });

  it('may not make tables, nor empty one past its policies, nor point at one', async () => {
    const [may] = await query(`select has_schema_privilege('${APP_ROLE}', 'public', 'create') as create,
      (select count(*) from pg_tables where schemaname = 'public' and has_table_privilege('${APP_ROLE}', schemaname || '.' || tablename, 'truncate, references, trigger')) as rights`);
    expect(may).toEqual({ create: false, rights: 0 });
  });

  it.each(APPEND_ONLY)('can add to %s and read it, and change nothing there', async (table) => {
    const [may] =
      await query(`select ${['select', 'insert', 'update', 'delete'].map((r) => `has_table_privilege('${APP_ROLE}', '${table}', '${r}') as ${r}`).join(', ')},
      has_any_column_privilege('${APP_ROLE}', '${table}', 'update') as column`);
    expect(may).toEqual({ select: true, insert: true, update: false, delete: false, column: false });
    await expect(t.database.dataSource.query(`update ${table} set tenant = tenant`)).rejects.toThrow(/permission denied/);
    await expect(t.database.dataSource.query(`delete from ${table}`)).rejects.toThrow(/permission denied/);
  });

  it.each(WITHOUT_TENANT)('can only read %s', async (table) => {
    await expect(t.database.dataSource.query(`delete from ${table}`)).rejects.toThrow(/permission denied/);
  });

  it('gives nothing to everybody', async () => {
    const open = await query(
      `select c.relname from pg_class c, aclexplode(c.relacl) g where c.relnamespace = 'public'::regnamespace and g.grantee = 0`,
    );
    expect(open).toEqual([]);
  });
});

describe('identity', () => {
  it('has a policy for each thing that can be done, and reading, mending and dropping want a purpose and one’s own record', () => {
    for (const table of IDENTITY) {
      const policies = found.policies.filter((p) => p.table === table);
      expect(policies.map((p) => p.command).sort()).toEqual(['DELETE', 'INSERT', 'SELECT', 'UPDATE']);
      for (const p of policies.filter((each) => each.command !== 'INSERT')) {
        expect(p.using).toContain('meanwhile.identity_purpose');
        expect(p.using).toContain('meanwhile.org');
      }
    }
  });

  it('is in no other table: names, full birth dates, numbers, postcodes, telephones', () => {
    const identifying = /(given|family)_name|birth_date$|nhs_number$|postcode|phone|email|^address$|recipient/;
    const elsewhere = found.columns.filter((c) => identifying.test(c.column) && !IDENTITY.includes(c.table));
    // Nothing writes the one any more (migration 10); the sandbox stands for the provider's side of the wire.
    expect(elsewhere.map((c) => `${c.table}.${c.column}`)).toEqual(['message_hold.address', 'sandbox_message.recipient']);
  });
});

const query = (sql: string): Promise<Record<string, unknown>[]> => asOwner(t.ownerUrl, async (client) => (await client.query(sql)).rows);
