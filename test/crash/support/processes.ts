import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { builtApp } from './build.js';
import { until } from './until.js';

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A process of ours under test. Everything it says is kept. */
export class RunningApp {
  readonly ended: Promise<Ended>;
  #said = '';
  #child: ChildProcess;

  constructor(
    readonly name: string,
    command: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
  ) {
    this.#child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.on('data', (chunk: Buffer) => (this.#said += chunk.toString()));
    // 'close', not 'exit': then everything it said has been read.
    this.ended = once(this.#child, 'close').then(([code, signal]) => ({ code, signal }) as Ended);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get said(): string {
    return this.#said;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** As a machine that loses its power: nothing is finished, nobody is told. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }

  /** @throws with everything it said when it ended before it said this */
  async hasSaid(line: RegExp, seconds = 30): Promise<RegExpExecArray> {
    return until(
      `${this.name} says ${line}`,
      async () => {
        const found = line.exec(this.#said);
        if (!found && !this.isRunning)
          throw new Error(`${this.name} ended without saying ${line}:\n${await this.ended.then(() => this.#said)}`);
        return found;
      },
      seconds,
    );
  }

  /** How it ended. @throws when it goes on for longer */
  async endsWithin(seconds: number): Promise<Ended> {
    await until(`${this.name} ends`, () => Promise.resolve(!this.isRunning), seconds);
    return this.ended;
  }
}

/** All processes one suite starts, so that none outlives it. */
export class Processes {
  readonly #all: RunningApp[] = [];

  constructor(private readonly env: NodeJS.ProcessEnv) {
    // When Jest itself gives up. Not on a signal: then `exit` is not reached, and the processes get it from the terminal as we do.
    process.once('exit', () => this.#all.forEach((app) => app.signal('SIGKILL')));
  }

  /** Only what it is given: nothing of the environment of whoever runs the tests. */
  start(name: 'api' | 'worker', env: NodeJS.ProcessEnv = {}): RunningApp {
    return this.keep(new RunningApp(name, process.execPath, [builtApp(name)], { PATH: process.env['PATH'], ...this.env, ...env }));
  }

  keep(app: RunningApp): RunningApp {
    this.#all.push(app);
    return app;
  }

  async endAll(): Promise<void> {
    await Promise.all(this.#all.filter((app) => app.isRunning).map((app) => app.kill()));
  }
}
