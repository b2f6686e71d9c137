import { Controller, Get, NotFoundException, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/asking.js';
import { Assets } from './assets.js';

@ApiExcludeController()
@Controller('assets')
@Public()
export class AssetsController {
  constructor(private readonly assets: Assets) {}

  @Get(':file')
  file(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply): Buffer {
    return this.#serve(file, reply);
  }

  @Get('images/:file')
  picture(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply): Buffer {
    return this.#serve(`images/${file}`, reply);
  }

  #serve(path: string, reply: FastifyReply): Buffer {
    const asset = this.assets.find(path);
    if (!asset) throw new NotFoundException();
    void reply
      .header('content-type', asset.type)
      .header('cache-control', asset.immutable ? 'public, max-age=31536000, immutable' : 'public, max-age=86400')
      .header('x-content-type-options', 'nosniff');
    return asset.body;
  }
}
