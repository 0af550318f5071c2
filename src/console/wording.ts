import type { Language } from '../model/language.ts';
import type { MarkKind, Phase } from '../model/mark.ts';

/** Every sentence of the console. */
export interface ConsoleWording {
  readonly htmlLanguage: string;
  readonly sections: Readonly<Record<'captures' | 'exchanges' | 'findings' | 'gaps' | 'marks' | 'report', string>>;
  readonly columns: Readonly<
    Record<
      | 'capture'
      | 'app'
      | 'device'
      | 'started'
      | 'ended'
      | 'time'
      | 'method'
      | 'url'
      | 'status'
      | 'recipient'
      | 'phase'
      | 'findings'
      | 'size'
      | 'dataType'
      | 'place'
      | 'transform'
      | 'value'
      | 'exchange'
      | 'kind'
      | 'host'
      | 'detail'
      | 'note',
      string
    >
  >;
  readonly running: string;
  readonly filter: string;
  readonly filterHint: string;
  readonly apply: string;
  readonly next: string;
  readonly previous: string;
  readonly nothing: string;
  readonly request: string;
  readonly response: string;
  readonly head: string;
  readonly body: string;
  readonly noBody: string;
  readonly notKept: string;
  readonly layer: string;
  readonly asSent: string;
  readonly bytes: string;
  readonly bytesLeft: string;
  readonly layersLeft: string;
  readonly reveal: string;
  readonly mask: string;
  readonly phases: Readonly<Record<Phase, string>>;
  readonly marks: Readonly<Record<MarkKind, string>>;
  readonly withdraw: string;
  readonly noteLabel: string;
}

const en: ConsoleWording = {
  htmlLanguage: 'en',
  sections: {
    captures: 'Captures',
    exchanges: 'Exchanges',
    findings: 'Findings',
    gaps: 'Gaps',
    marks: 'Marks',
    report: 'Report',
  },
  columns: {
    capture: 'Capture',
    app: 'App',
    device: 'Device',
    started: 'Started (UTC)',
    ended: 'Ended (UTC)',
    time: 'Time (UTC)',
    method: 'Method',
    url: 'URL',
    status: 'Status',
    recipient: 'Recipient',
    phase: 'Phase',
    findings: 'Findings',
    size: 'Sent / received',
    dataType: 'Data type',
    place: 'Place',
    transform: 'Form',
    value: 'Value',
    exchange: 'Exchange',
    kind: 'Kind',
    host: 'Host',
    detail: 'Detail',
    note: 'Note',
  },
  running: 'running',
  filter: 'Filter',
  filterHint: 'umeng status:4xx has:findings -method:get phase:before-consent',
  apply: 'Apply',
  next: 'Next',
  previous: 'Back to the start',
  nothing: 'Nothing to show.',
  request: 'Request',
  response: 'Response',
  head: 'Head',
  body: 'Body',
  noBody: 'No body.',
  notKept: 'The bytes of this body were not kept.',
  layer: 'Layer',
  asSent: 'as sent',
  bytes: 'bytes',
  bytesLeft: 'more bytes are not shown',
  layersLeft: 'more layers without findings are not shown',
  reveal: 'Show values',
  mask: 'Mask values',
  phases: {
    'before-consent': 'before consent',
    'after-consent': 'after consent',
    refused: 'after refusal',
    unknown: 'not marked',
  },
  withdraw: 'Withdraw',
  marks: {
    consent: 'Consent given',
    refused: 'Consent refused',
    foreground: 'App to foreground',
    background: 'App to background',
    note: 'Add note',
  },
  noteLabel: 'Note',
};

const zh: ConsoleWording = {
  htmlLanguage: 'zh-CN',
  sections: {
    captures: '抓取记录',
    exchanges: '请求',
    findings: '标识符',
    gaps: '未能查看',
    marks: '标记',
    report: '报告',
  },
  columns: {
    capture: '抓取记录',
    app: '应用',
    device: '设备',
    started: '开始（UTC）',
    ended: '结束（UTC）',
    time: '时间（UTC）',
    method: '方法',
    url: '网址',
    status: '状态',
    recipient: '接收方',
    phase: '阶段',
    findings: '标识符',
    size: '发送 / 接收',
    dataType: '数据类型',
    place: '位置',
    transform: '形式',
    value: '值',
    exchange: '请求',
    kind: '种类',
    host: '主机',
    detail: '详情',
    note: '备注',
  },
  running: '进行中',
  filter: '筛选',
  filterHint: 'umeng status:4xx has:findings -method:get phase:before-consent',
  apply: '应用',
  next: '下一页',
  previous: '回到开头',
  nothing: '没有内容。',
  request: '请求',
  response: '响应',
  head: '头部',
  body: '正文',
  noBody: '没有正文。',
  notKept: '正文的字节没有保留。',
  layer: '层',
  asSent: '原始字节',
  bytes: '字节',
  bytesLeft: '字节未显示',
  layersLeft: '层没有标识符，未显示',
  reveal: '显示完整值',
  mask: '隐藏值',
  phases: { 'before-consent': '同意前', 'after-consent': '同意后', refused: '拒绝后', unknown: '未标记' },
  withdraw: '撤销',
  marks: {
    consent: '已点同意',
    refused: '已点拒绝',
    foreground: '应用切到前台',
    background: '应用切到后台',
    note: '添加备注',
  },
  noteLabel: '备注',
};

export const CONSOLE_WORDING: Readonly<Record<Language, ConsoleWording>> = { zh, en };
