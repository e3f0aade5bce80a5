// What was said and shown on each connection, and the verdict over it. Pure bookkeeping: no clock, no network. The crash harness's ledger counts what
// is lost, doubled, misrouted and out of order; here it is added how long answers took in each phase, and what others' trouble did to them.
import { Ledger, isKept } from '../crash/ledger.mjs';

/** A median may double while a neighbour is in trouble before it counts as slowed; what is within this is noise of the machine. */
const noiseMs = 100;

export class Conversations {
  #ledger = new Ledger();
  #said = [];

  /** A person said the chat's next message. */
  say(chat, at, phase) {
    const said = this.#ledger.say(chat, at);
    said.phase = phase;
    said.answered = new Promise(done => { said.done = done; });
    this.#said.push(said);
    return said;
  }

  show(chat, text, at) {
    this.#ledger.show(chat, text, at, 0)?.done();
  }

  open() { return this.#said.filter(said => said.shows.length === 0); }

  counts() {
    const { said, answered, outOfOrder, misrouted, unattributed, duplicated, ...rest } = this.#ledger.verdict(0);
    const lost = rest.lostAcknowledged + rest.lostUnacknowledged;
    return { said, answered, lost, doubled: duplicated, outOfOrder, strange: misrouted + unattributed, isKept: isKept(this.#ledger.verdict(0)) && unattributed === 0 };
  }

  /** What was said in a phase: how much of it was answered at all, how long that took, and answers a second. */
  in(phase, seconds) {
    const said = this.#said.filter(one => one.phase === phase);
    const took = said.filter(one => one.shows.length > 0).map(one => one.shows[0].at - one.at).sort((a, b) => a - b);
    return { sent: said.length, answered: took.length, p50: quantile(took, 0.5), p99: quantile(took, 0.99), rate: took.length / seconds, took };
  }
}

export class Verdict {
  faults = [];
  rows = [];
  others = [];

  constructor(accounts, phases) {
    for (const { name, conversations } of accounts) {
      const counts = conversations.counts();
      this.rows.push({ name, ...counts, phases: Object.fromEntries(phases.map(phase => [phase.name, conversations.in(phase.name, phase.seconds)])) });
      if (!counts.isKept) this.faults.push(`${name}: ${counts.lost} lost, ${counts.doubled} doubled, ${counts.outOfOrder} out of order, ${counts.strange} strange`);
    }

    for (const { name, trouble } of phases.slice(1)) {
      const others = this.rows.filter(row => row.name !== trouble);
      const [healthy, now] = [phases[0].name, name].map(phase => pool(others.map(row => row.phases[phase])));
      const slowed = others.filter(row => isSlowed(row.phases[phases[0].name], row.phases[name], healthy, now)).map(row => row.name);
      this.others.push({ phase: name, healthy, now, p50Ratio: now.p50 / healthy.p50, p99Ratio: now.p99 / healthy.p99, rateRatio: now.rate / healthy.rate, slowed });
      if (slowed.length > 0) this.faults.push(`${name}: slower became ${slowed.join(', ')}`);
      if (isSlowed(healthy, now)) this.faults.push(`${name}: the others as a whole became slower`);
    }
  }

  /** A row for each connection and phase. */
  table() {
    const lines = [cells('connection', 'phase', 'sent', 'answered', 'p50 ms', 'p99 ms', 'per s')];
    for (const { name, phases } of this.rows) {
      for (const [phase, { sent, answered, p50, p99, rate }] of Object.entries(phases)) lines.push(cells(name, phase, sent, answered, p50.toFixed(0), p99.toFixed(0), rate.toFixed(1)));
    }
    return lines.join('\n');
  }

  sum(recoveries) {
    const total = key => this.rows.reduce((sum, row) => sum + row[key], 0);
    return [
      '', 'The OTHER connections while one was in trouble, compared with the healthy phase:',
      cells('', 'phase', 'p50 ms', 'ratio', 'p99 ms', 'ratio', 'rate', 'caught up ms'),
      ...this.others.map(({ phase, healthy, now, p50Ratio, p99Ratio, rateRatio }) => cells('', phase, `${healthy.p50.toFixed(0)}>${now.p50.toFixed(0)}`, p50Ratio.toFixed(2),
        `${healthy.p99.toFixed(0)}>${now.p99.toFixed(0)}`, p99Ratio.toFixed(2), rateRatio.toFixed(2), recoveries[phase] ?? '')),
      '', `${this.rows.length} connections: ${total('said')} said, ${total('answered')} answered, ${total('lost')} lost, ${total('doubled')} doubled, ${total('outOfOrder')} out of order, ${total('strange')} strange`,
      ...this.faults.map(fault => `FAULT ${fault}`),
    ].join('\n');
  }

  toJSON() {
    const bare = ({ took, ...figures }) => figures;
    return {
      faults: this.faults,
      rows: this.rows.map(row => ({ ...row, phases: Object.fromEntries(Object.entries(row.phases).map(([name, one]) => [name, bare(one)])) })),
      others: this.others.map(one => ({ ...one, healthy: bare(one.healthy), now: bare(one.now) })),
    };
  }
}

/**
 * Whether answers took more than twice as long, or there were fewer than half as many: who waits for an answer says nothing new.
 * One connection is slowed when it fell that far behind the others, too: a busy machine slows all of them, which is judged of the whole.
 */
function isSlowed(healthy, now, allHealthy = now, all = healthy) {
  const usual = Math.max(healthy.p50, all.p50);
  return (now.p50 > 2 * usual && now.p50 - usual > noiseMs) || now.rate < healthy.rate / 2 * Math.min(1, all.rate / allHealthy.rate);
}

function pool(phases) {
  const took = phases.flatMap(phase => phase.took).sort((a, b) => a - b);
  return { p50: quantile(took, 0.5), p99: quantile(took, 0.99), rate: phases.reduce((sum, phase) => sum + phase.rate, 0), took };
}

function quantile(sorted, part) {
  return sorted.length === 0 ? NaN : sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)];
}

function cells(name, phase, ...figures) {
  return `${name.padEnd(13)}${phase.padEnd(22)}${figures.map(figure => String(figure).padStart(13)).join('')}`;
}
