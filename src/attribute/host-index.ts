import type { HostRule, Signature } from '../model/signature.ts';
import { type AttributedHead, compileConditions, conditionCount } from './conditions.ts';

/** A rule with its owner and compiled conditions. */
export interface Claim {
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
const SITE_NAME = /^(?:www|docs?|dashboard|console|developer|support|help)(?:\d+)?(?:-|$)/;

interface Node {
  readonly children: Map<string, Node>;
  readonly here: Claim[];
  readonly below: Claim[];
}

/** Which rules may speak for a host. Memory: one node a label of the rules' hosts. */
export class HostIndex {
  private readonly root: Node = newNode();

  constructor(signatures: readonly Signature[]) {
    for (const signature of signatures) for (const rule of signature.hosts) this.add(signature, rule);
  }

  /**
   * The claims on a host, strongest first: by priority, then the more of the host's name a rule fixes, then the more conditions
   * it sets, then by id, so that the order never depends on the order of files.
   */
  claimsOn(host: string): Claim[] {
    const found: Claim[] = [];
    const labels = host.split('.');
    const isSite = labels.length > 1 && (SITE_LABELS.has(labels[0] as string) || SITE_NAME.test(labels[0] as string));
    let node: Node | undefined = this.root;
    for (let at = labels.length - 1; at >= 0 && node !== undefined; at--) {
      for (const claim of node.below) {
        if ((!isSite || claim.depth === 0) && !claim.rule.except?.includes(host)) found.push(claim);
      }
      node = node.children.get(labels[at] as string);
    }
    if (node !== undefined) found.push(...node.here);
    return found.sort(byStrength);
  }

  private add(signature: Signature, rule: HostRule): void {
    const anywhere = rule.host === '*';
    const suffix = rule.host.startsWith('*.');
    const labels = anywhere ? [] : (suffix ? rule.host.slice(2) : rule.host).split('.');
    let node = this.root;
    for (const label of labels.reverse()) {
      let next = node.children.get(label);
      if (next === undefined) {
        next = newNode();
        node.children.set(label, next);
      }
      node = next;
    }
    const exact = !anywhere && !suffix;
    const claim = { signature, rule, holds: compileConditions(rule), depth: labels.length + (exact ? 1 : 0) };
    (exact ? node.here : node.below).push(claim);
  }
}

function newNode(): Node {
  return { children: new Map(), here: [], below: [] };
}

function byStrength(a: Claim, b: Claim): number {
  return (
    b.rule.priority - a.rule.priority ||
    b.depth - a.depth ||
    conditionCount(b.rule) - conditionCount(a.rule) ||
    (a.signature.id < b.signature.id ? -1 : a.signature.id > b.signature.id ? 1 : 0)
  );
}
