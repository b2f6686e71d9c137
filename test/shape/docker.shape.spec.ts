import { readSettings, SettingsError } from '#config';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { root } from './sources.js';

/** No Docker engine is needed, and none was at hand: what can be checked by reading is checked here (docker/README.md says what cannot). */
interface Service {
  image?: string;
  build?: { context: string; dockerfile: string };
  command?: string[];
  environment: Record<string, string>;
  read_only?: boolean;
  cap_drop?: string[];
  user?: string;
  privileged?: boolean;
  ports?: string[];
  volumes?: string[];
  networks: string[];
  restart?: string;
  healthcheck?: { test?: string[]; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
}

const text = (path: string): string => readFileSync(join(root, path), 'utf8');
const { services, volumes, networks } = parse(text('docker/compose.yaml'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  networks: Record<string, { internal?: boolean }>;
};
const service = (name: string): Service => {
  const found = services[name];
  if (!found) throw new Error(`compose.yaml has no ${name}`);
  return found;
};
const OURS = ['api', 'migrate', 'worker'];
const EXAMPLE = Object.fromEntries([...text('docker/.env.example').matchAll(/^([A-Z_]+)=(.*)$/gm)].map((m) => [m[1] ?? '', m[2] ?? '']));

describe('the image', () => {
  const instructions = text('docker/Dockerfile')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => /^[A-Z]+ /.test(line))
    .map((line) => line.split(/\s+/));
  const last = instructions.slice(instructions.findLastIndex(([word]) => word === 'FROM'));

  it('copies only what is there and is not ignored', () => {
    const ignore = text('docker/Dockerfile.dockerignore');
    for (const [, ...parts] of instructions.filter(([word]) => word === 'COPY')) {
      if (parts[0]?.startsWith('--from=')) continue;
      for (const path of parts.slice(0, -1)) {
        expect({ path, exists: existsSync(join(root, path)) }).toEqual({ path, exists: true });
        expect(ignore.split('\n')).toContain(`!${path.split('/')[0]}`);
      }
    }
  });

  it('runs as somebody who is not root, without development packages', () => {
    expect(last.filter(([word]) => word === 'USER')).toEqual([['USER', 'node']]);
    expect(last.findIndex(([word]) => word === 'USER')).toBeLessThan(last.findIndex(([word]) => word === 'CMD'));
    expect(last.some((words) => words.includes('--from=packages'))).toBe(true);
    expect(text('docker/Dockerfile')).toMatch(/npm ci --omit=dev/);
  });

  it('starts from a fixed version', () => {
    expect(text('docker/Dockerfile')).toMatch(/^ARG NODE=node:\d+-[a-z]+-slim$/m);
    for (const [, image] of instructions.filter(([word]) => word === 'FROM')) expect(image).toBe('${NODE}');
  });

  it('begins with an app that the build makes', () => {
    expect(text('docker/Dockerfile')).toContain('CMD ["node", "dist/apps/api/src/main.js"]');
    for (const name of OURS) {
      const main = service(name).command?.find((word) => word.endsWith('.js')) ?? 'dist/apps/api/src/main.js';
      expect(existsSync(join(root, main.replace(/^dist\//, '').replace(/\.js$/, '.ts')))).toBe(true);
    }
  });
});

describe('the services', () => {
  it('are the database, Redis, the migrations, the API and the worker', () => {
    expect(Object.keys(services).sort()).toEqual(['api', 'database', 'migrate', 'redis', 'worker']);
    expect(Object.keys(volumes)).toEqual(['database', 'redis']);
  });

  it('of ours are one image, built from paths that are there', () => {
    for (const name of OURS) {
      const { build, image } = service(name);
      expect(image).toBe('meanwhile');
      expect(resolve(root, 'docker', build?.context ?? '')).toBe(root);
      expect(existsSync(join(root, 'docker', build?.context ?? '', build?.dockerfile ?? ''))).toBe(true);
    }
  });

  it('of ours can write nothing and become nobody else', () => {
    for (const name of OURS)
      expect(service(name)).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    for (const each of Object.values(services)) {
      expect(each.privileged).toBeUndefined();
      expect(each.user ?? '').not.toMatch(/^(0|root)/);
    }
  });

  it('mount files that are there', () => {
    const mounted = Object.values(services).flatMap((each) => each.volumes ?? []);
    for (const path of mounted.flatMap((volume) => (volume.startsWith('.') ? (volume.split(':')[0] ?? '') : []))) {
      expect({ path, exists: existsSync(join(root, 'docker', path)) }).toEqual({ path, exists: true });
    }
  });

  it('wait for what they need: the apps for the migrations, the migrations for a healthy database', () => {
    expect(service('migrate').depends_on).toEqual({ database: { condition: 'service_healthy' } });
    for (const name of ['api', 'worker']) {
      expect(service(name).depends_on).toMatchObject({
        migrate: { condition: 'service_completed_successfully' },
        redis: { condition: 'service_healthy' },
      });
    }
    for (const name of ['database', 'redis', 'api']) expect(service(name).healthcheck?.test?.[0]).toBe('CMD');
  });

  it('keep the database and Redis to themselves', () => {
    expect(networks['inside']).toEqual({ internal: true });
    for (const name of ['database', 'redis']) expect(service(name)).toMatchObject({ networks: ['inside'] });
    const published = Object.entries(services).flatMap(([name, each]) => (each.ports ?? []).map((port) => `${name} ${port}`));
    expect(published).toEqual(['api 127.0.0.1:3000:3000']);
  });

  it('run Redis so that nothing is evicted and a restart keeps the jobs', () => {
    expect(service('redis').command?.join(' ')).toBe('redis-server --appendonly yes --maxmemory-policy noeviction');
  });

  it('are of fixed versions', () => {
    for (const name of ['database', 'redis']) expect(service(name).image).toMatch(/^[a-z]+:\d+(\.\d+)?-bookworm$/);
  });

  it('give the owner of the tables to the migrations alone', () => {
    for (const name of ['api', 'worker']) expect(JSON.stringify(service(name))).not.toMatch(/OWNER|POSTGRES_PASSWORD/i);
    expect(service('migrate').environment['DATABASE_OWNER_URL']).toContain('meanwhile_owner');
  });
});

describe('secrets', () => {
  it('are written down nowhere: every one is asked for', () => {
    expect(Object.entries(EXAMPLE).filter(([name, value]) => /KEY|PASSWORD|SECRET|TOKEN|URL/.test(name) && value !== '')).toEqual([]);
    const compose = text('docker/compose.yaml');
    const inAddresses = [...compose.matchAll(/:\/\/[a-z_]+:([^@\n]+)@/g)].map((m) => m[1]);
    expect(inAddresses.filter((secret) => !/^\$\{[A-Z_]+:\?[^}]*\}$/.test(secret ?? ''))).toEqual([]);
    expect(inAddresses).toHaveLength(2);
    expect(compose.match(/PASSWORD: (?!\$\{[A-Z_]+:\?)/g)).toBeNull();
  });

  it('are kept out of git and out of the image', () => {
    expect(text('docker/.gitignore').split('\n')).toContain('.env');
    expect(text('docker/Dockerfile.dockerignore').split('\n')[1]).toBe('*');
  });
});

describe('the settings', () => {
  const filledIn: Record<string, string> = {
    ...EXAMPLE,
    POSTGRES_PASSWORD: 'a1',
    MEANWHILE_DB_PASSWORD: 'b2',
    NHS_NUMBER_KEY: Buffer.alloc(32, 1).toString('base64'),
    LINK_KEY: Buffer.alloc(32, 2).toString('base64'),
    PUBLIC_URL: 'https://meanwhile.example',
    OIDC_ISSUER: 'https://issuer.example',
    SMTP_URL: 'smtp://mail.example:587',
    SMTP_FROM: 'Meanwhile <no-reply@meanwhile.example>',
  };
  const seenBy = (name: string): Record<string, string> => {
    const given = Object.entries(service(name).environment).map(([key, value]) => [
      key,
      value.replace(/\$\{([A-Z_]+):\?[^}]*\}/g, (_, v: string) => filledIn[v] ?? ''),
    ]);
    return Object.fromEntries(given) as Record<string, string>;
  };

  it.each(OURS)('of %s are complete once the example is filled in', (name) => {
    expect(readSettings(seenBy(name))).toMatchObject({
      production: true,
      sender: 'smtp',
      redisUrl: 'redis://redis:6379',
      synthetic: false,
    });
  });

  it('are refused as long as it is not', () => {
    expect(() => readSettings({ ...seenBy('api'), NHS_NUMBER_KEY: EXAMPLE['NHS_NUMBER_KEY'] })).toThrow(SettingsError);
    const asked = text('docker/compose.yaml').match(/\$\{[A-Z_]+(?!:\?)[^A-Z_:]/g);
    expect(asked).toBeNull();
    expect([...new Set([...text('docker/compose.yaml').matchAll(/\$\{([A-Z_]+)/g)].map((m) => m[1]))].sort()).toEqual(
      Object.keys(EXAMPLE).sort(),
    );
  });
});

it('the script that makes the roles is a script', () => {
  execFileSync('bash', ['-n', join(root, 'docker/postgres/roles.sh')]);
  execFileSync('bash', ['-n', join(root, '.ci/run')]);
});
