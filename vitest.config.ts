import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A time-out finds hangs; it says nothing about speed, which a busy machine would turn into noise.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two cores: more workers only make the end-to-end tests time out.
    maxWorkers: 2,
  },
});
