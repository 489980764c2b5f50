/** The gate's time, between one news and the next. */

export class GateClock {
  private ahead: number | null = null;

  hear(now_us: number): void {
    const ahead = now_us / 1000 - performance.now();
    // News that took long make the gate look slow: only the fastest count, with a little drift.
    this.ahead =
      this.ahead === null || Math.abs(ahead - this.ahead) > 2000
        ? ahead
        : Math.max(ahead, this.ahead - 0.5);
  }

  /** Milliseconds since the gate was powered on. */
  now(): number {
    return performance.now() + (this.ahead ?? 0);
  }
}
