import type { HostRule, Signature } from '../model/signature.ts';
import { type AttributedHead, compileConditions, conditionCount } from './conditions.ts';

/** A rule with its owner and compiled conditions. */
export interface Claim {
  /** Counts from 0 in the order in which rules were read. */
  readonly number: number;
  readonly signature: Signature;
  readonly rule: HostRule;
  /** Null: the host alone decides. */
  readonly holds: ((head: AttributedHead) => boolean) | null;
  /** Labels of the host that the rule fixes; one more for an exact name. */
  readonly depth: number;
}

/**
 * First labels of host names under which vendors keep their web sites, documents and consoles. A rule for a whole domain does
 * not cover them: people browse them, and an app that shows them in a page has not used the SDK. An exact rule still can.
 */
export const SITE_LABELS: ReadonlySet<string> = new Set(
  [
    'www www1 www2 m wap web blog bbs forum forums community club doc docs document documents documentation apidocs',
    'wiki help support faq kb learn academy developer developers dev open console portal dashboard dash suite app',
    'admin manage workbench saas account accounts passport login sso auth-web id my policy legal privacy terms',
    'agreement status about career careers job jobs hr news newsroom press mail email shop store buy pay order git',
    'gitlab github go info partner partners marketing event events page pages resource resources download downloads',
    'demo preview product products tool tools oa crm video',
  ]
    .join(' ')
    .split(' '),
);

/** The same names with a number or an addition: `dashboard-01`, `docs-im`, `console2`. */
const SITE_NAME = /^(?:www|docs?|dashboard|console|developer|support|help)(?:\d+)?[-.]/;

/** The claims on the hosts that end at one place of the tree, strongest first. */
interface Ranked {
  readonly claims: readonly Claim[];
  /** The same for hosts whose first label is a site's. */
  readonly onSites: readonly Claim[];
  /** Whether a rule among them leaves out names. */
  readonly excepts: boolean;
}

interface Node {
  readonly children: Map<string, Node>;
  readonly here: Claim[];
  readonly below: Claim[];
  /** Suffix rules of the names above this one. */
  readonly above: Node | null;
  /** Ranked when first asked for: most nodes never are. */
  rankedHere: Ranked | null;
  rankedBelow: Ranked | null;
}

/**
 * Which rules may speak for a host. Memory: one node a label of the rules' hosts, and two lists of claims a node that was asked for;
 * nothing grows with the hosts asked about.
 */
export class HostIndex {
  /** How many claims there are; each has a number of its own below that. */
  claims = 0;
  private readonly root: Node = newNode(null);

  constructor(signatures: readonly Signature[]) {
    for (const signature of signatures) for (const rule of signature.hosts) this.add(signature, rule);
  }

  /**
   * The claims on a host, strongest first: by priority, then the more of the host's name a rule fixes, then the more conditions
   * it sets, then by id, so that the order never depends on the order of files.
   */
  claimsOn(host: string): readonly Claim[] {
    let node = this.root;
    let end = host.length;
    let ranked: Ranked | null = null;
    while (ranked === null) {
      const dot = end === 0 ? -1 : host.lastIndexOf('.', end - 1);
      const next = node.children.get(host.slice(dot + 1, end));
      if (next === undefined) ranked = rankedBelow(node);
      else if (dot === -1) ranked = rankedHere(next);
      else {
        node = next;
        end = dot;
      }
    }
    const claims = ranked.onSites.length < ranked.claims.length && isSite(host) ? ranked.onSites : ranked.claims;
    if (!ranked.excepts) return claims;
    return claims.filter(({ rule }) => rule.host === host || !rule.except?.includes(host));
  }

  private add(signature: Signature, rule: HostRule): void {
    const anywhere = rule.host === '*';
    const suffix = rule.host.startsWith('*.');
    const labels = anywhere ? [] : (suffix ? rule.host.slice(2) : rule.host).split('.');
    let node = this.root;
    for (const label of labels.reverse()) {
      let next = node.children.get(label);
      if (next === undefined) {
        next = newNode(node);
        node.children.set(label, next);
      }
      node = next;
    }
    const exact = !anywhere && !suffix;
    const depth = labels.length + (exact ? 1 : 0);
    const claim = { number: this.claims++, signature, rule, holds: compileConditions(rule), depth };
    (exact ? node.here : node.below).push(claim);
  }
}

function newNode(above: Node | null): Node {
  return { children: new Map(), here: [], below: [], above, rankedHere: null, rankedBelow: null };
}

/** The claims on the name that a node stands for. */
function rankedHere(node: Node): Ranked {
  node.rankedHere ??= rank(node.here, node.above);
  return node.rankedHere;
}

/** The claims on all names below that of a node, but for those that have a node of their own. */
function rankedBelow(node: Node): Ranked {
  node.rankedBelow ??= rank([], node);
  return node.rankedBelow;
}

function rank(exact: readonly Claim[], last: Node | null): Ranked {
  const suffixes: Claim[] = [];
  for (let node = last; node !== null; node = node.above) suffixes.push(...node.below);
  const claims = [...exact, ...suffixes].sort(byStrength);
  return {
    claims,
    onSites: claims.filter((claim) => claim.depth === 0 || exact.includes(claim)),
    excepts: claims.some(({ rule }) => (rule.except ?? []).length > 0),
  };
}

function isSite(host: string): boolean {
  const dot = host.indexOf('.');
  return dot !== -1 && (SITE_LABELS.has(host.slice(0, dot)) || SITE_NAME.test(host));
}

function byStrength(a: Claim, b: Claim): number {
  return (
    b.rule.priority - a.rule.priority ||
    b.depth - a.depth ||
    conditionCount(b.rule) - conditionCount(a.rule) ||
    (a.signature.id < b.signature.id ? -1 : a.signature.id > b.signature.id ? 1 : 0)
  );
}
