import { Database } from '#database';
import { Queues } from '#queues';
import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/index.js';

@ApiTags('Health')
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly database: Database,
    private readonly queues: Queues,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'The process answers' })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'The database and the queue answer' })
  async ready(): Promise<{ status: 'ok'; queue: string }> {
    try {
      await this.database.dataSource.query('select 1');
      await this.queues.depth();
    } catch {
      throw new ServiceUnavailableException('The database or the queue does not answer.');
    }
    return { status: 'ok', queue: this.queues.backend };
  }
}
