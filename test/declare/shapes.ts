/** What a policy says of one SDK, whatever shape it is written in. */
export interface Row {
  readonly name: string;
  readonly vendor: string;
  readonly purpose: string;
  readonly data: string;
  readonly link: string;
  readonly types: readonly string[];
}

/** A policy of our own writing that can be written in many shapes. */
export interface Content {
  readonly title: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly labels: readonly [string, string, string, string, string];
  readonly colon: string;
  readonly rows: readonly Row[];
}

export const CHINESE: Content = {
  title: '青禾记事隐私政策',
  before: [
    '一、我们如何收集您的个人信息',
    '当您注册账号时，我们会收集您的手机号码，用于创建账号。',
    '二、第三方SDK列表',
    '为保障相关功能的实现，我们的应用中会接入以下第三方SDK，具体情况如下：',
  ],
  after: [
    '三、我们如何存储您的个人信息',
    '我们将在中国境内收集的个人信息存储在境内。',
    '四、如何联系我们',
    '如果您有任何问题，请致信 privacy@qinghe.example。',
  ],
  labels: ['SDK名称', '第三方公司名称', '使用目的', '收集的个人信息类型', '隐私政策链接'],
  colon: '：',
  rows: [
    [
      '云雀推送SDK',
      '杭州云雀科技有限公司',
      '消息推送',
      'IMEI、OAID、MAC地址',
      'yunque',
      ['imei', 'oaid', 'mac_address'],
    ],
    [
      '知微统计SDK',
      '上海知微信息技术有限公司',
      '统计分析',
      'Android ID、IP地址、设备型号',
      'zhiwei',
      ['android_id', 'ip_address', 'device_model'],
    ],
    ['蓝图地图SDK', '北京蓝图软件有限公司', '提供定位服务', '位置信息、WiFi列表', 'lantu', ['location', 'wifi_list']],
    ['松果支付SDK', '深圳松果支付有限公司', '完成支付', 'IDFA、操作系统版本', 'songguo', ['idfa', 'os_version']],
    ['听雨语音SDK', '合肥听雨智能有限公司', '语音识别', '录音、网络类型', 'tingyu', ['microphone', 'network_type']],
  ].map(rowOf),
};

export const ENGLISH: Content = {
  title: 'Fernway Notes Privacy Policy',
  before: [
    '1. Information we collect',
    'We collect your email address when you create an account, and use it to protect your personal information.',
    '2. Third-party SDKs we use',
    'We integrate the following third-party SDKs, which may collect personal information:',
  ],
  after: [
    '3. Data retention',
    'We keep personal information only as long as necessary for the purposes described in this policy.',
    '4. Contact us',
    'If you have questions, write to privacy@fernway.example.',
  ],
  labels: ['SDK name', 'Provider', 'Purpose', 'Data collected', 'Privacy policy'],
  colon: ': ',
  rows: [
    [
      'Larkpush',
      'Larkpush Inc.',
      'Push messages',
      'IMEI, push token, language',
      'larkpush',
      ['imei', 'push_token', 'language'],
    ],
    [
      'Finchmetrics SDK',
      'Finch Labs Ltd.',
      'Product analytics',
      'Android ID, IP address, device model',
      'finch',
      ['android_id', 'ip_address', 'device_model'],
    ],
    [
      'Bluemap',
      'Bluemap GmbH',
      'Maps and search',
      'precise location, Wi-Fi list',
      'bluemap',
      ['location_precise', 'wifi_list'],
    ],
    ['Wrenpay SDK', 'Wrenpay LLC', 'Payments', 'email address, IDFA', 'wrenpay', ['email', 'idfa']],
    [
      'Crashowl',
      'Owlworks Inc.',
      'Crash reports',
      'crash logs, operating system version',
      'owl',
      ['crash_log', 'os_version'],
    ],
  ].map(rowOf),
};

function rowOf([name, vendor, purpose, data, host, types]: (string | string[])[]): Row {
  return { name, vendor, purpose, data, link: `https://${host}.example/privacy`, types } as Row;
}

const cellsOf = ({ name, vendor, purpose, data, link }: Row) => [name, vendor, purpose, data, link];
const linesOf = (content: Content, row: Row) =>
  cellsOf(row).map((cell, column) => `${content.labels[column]}${content.colon}${cell}`);
const rowsWithHead = (content: Content) => [[...content.labels], ...content.rows.map(cellsOf)];

const text = (content: Content, list: readonly string[], end = '\n') =>
  [content.title, ...content.before, ...list, ...content.after].join(end);

const page = ({ title, before, after }: Content, list: string) =>
  `<!DOCTYPE html><html><head><title>${title}</title></head><body><nav><a href="/">Home</a></nav>${[...before]
    .map((line) => `<p>${line}</p>`)
    .join('')}${list}${after.map((line) => `<p>${line}</p>`).join('')}<script>var sdk = 1;</script></body></html>`;

const tableRows = (rows: readonly (readonly string[])[]) =>
  rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('\n');

const widthOf = (cell: string) => cell.length + (cell.match(/[\u2e80-\uffef]/g)?.length ?? 0);
const padded = (cell: string, width: number) => cell + ' '.repeat(Math.max(0, width - widthOf(cell)));
const widthsOf = (rows: readonly (readonly string[])[]) =>
  (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));

/** Cuts a text at a width, between words or Chinese characters. */
function wrapped(cell: string, width: number): string[] {
  const lines = [''];
  for (const token of cell.match(/[\u2e80-\uffef]|[^\s\u2e80-\uffef]{1,12}|\s+/g) ?? []) {
    const line = lines.at(-1) ?? '';
    if (widthOf(line + token) > width) lines.push(token.trimStart());
    else lines[lines.length - 1] = line + token;
  }
  return lines.map((line) => line.trimEnd());
}

/** Each row as the lines that it takes up in narrow columns. */
function columnLines(content: Content): string[][] {
  const widths = [18, 20, 16, 22, 26];
  return rowsWithHead(content).map((row, index) => {
    const cells = row.map((cell, column) => (index === 0 ? [cell] : wrapped(cell, widths[column] ?? 0)));
    return Array.from({ length: Math.max(...cells.map(({ length }) => length)) }, (_, line) =>
      cells
        .map((one, column) => padded(one[line] ?? '', (widths[column] ?? 0) + 2))
        .join('')
        .trimEnd(),
    );
  });
}

function paged(whole: string, title: string): string {
  return whole
    .split('\n')
    .flatMap((line, index) =>
      index % 11 === 10 ? [line, '', `- ${Math.ceil(index / 11)} -`, `\f${title}`, ''] : [line],
    )
    .join('\n');
}

/** Paragraphs long enough to show at which width lines are cut. */
const SENTENCES: Readonly<Record<string, string>> = {
  '：': '上述第三方仅在您使用对应功能时启动，我们会对其进行安全评估，并要求其按照本政策、有关法律法规以及其他任何相关的保密和安全措施来处理信息，我们不会允许其将信息用于任何其他用途，也会定期复核各项接入的必要性。'.repeat(
    2,
  ),
  ': ': 'We review these third parties before we integrate them, and they only start when you use the feature that needs them; we ask each of them to follow this policy, the law and any other measure of security that applies. '
    .repeat(2)
    .trim(),
};

/** The shapes that the same list is met in. */
export const SHAPES: Readonly<Record<string, (content: Content) => string>> = {
  'rows of values parted by commas': (content) =>
    text(
      content,
      rowsWithHead(content).map((row) => row.map((cell) => cell.replaceAll(', ', '、')).join(',')),
    ),
  'rows of values parted by commas, data with commas in quotes': (content) =>
    text(
      content,
      rowsWithHead(content).map((row) => row.map((cell) => (cell.includes(',') ? `"${cell}"` : cell)).join(',')),
    ),
  'rows of values parted by commas, data with commas as they are': (content) =>
    text(
      content,
      rowsWithHead(content).map((row) => row.map((cell) => cell.replaceAll('、', ',')).join(',')),
    ),
  'rows of values in quotes, one value over two lines': (content) =>
    text(
      content,
      rowsWithHead(content).map((row) => row.map((cell) => `"${cell.replace(/[、] ?/, '、\n')}"`).join(',')),
    ),
  'a card of two columns below each name': (content) =>
    page(
      content,
      content.rows
        .map((row) => {
          const cells = cellsOf(row).map((cell, column) => [content.labels[column] as string, cell]);
          return `<h3>${row.name}</h3><table>${tableRows(cells.slice(1))}</table>`;
        })
        .join(''),
    ),
  'a card of four columns each': (content) =>
    page(
      content,
      content.rows
        .map((row) => {
          const cells = cellsOf(row).flatMap((cell, column) => [content.labels[column] as string, cell]);
          return `<table>${tableRows([cells.slice(0, 4), cells.slice(4, 8), cells.slice(8)])}</table>`;
        })
        .join(''),
    ),
  'labels in bold type without a colon': (content) =>
    page(
      content,
      content.rows
        .flatMap(cellsOf)
        .map((cell, index) => `<p><strong>${content.labels[index % 5]}</strong>${cell}</p>`)
        .join(''),
    ),
  'labelled lines cut anywhere into spans of a font': (content) =>
    page(
      content,
      content.rows
        .flatMap((row) => linesOf(content, row))
        .map(
          (line) =>
            `<p><span style="font-size:12pt">${line.slice(0, 3)}</span><span lang="EN-US">${line.slice(3)}</span></p>`,
        )
        .join('\n'),
    ),
  'labelled lines in a <pre>': (content) =>
    page(content, `<pre>${content.rows.flatMap((row) => [...linesOf(content, row), '']).join('\n')}</pre>`),
  'labels in spans of their own': (content) =>
    page(
      content,
      content.rows
        .flatMap(cellsOf)
        .map((cell, index) => `<div><span class="k">${content.labels[index % 5]}</span><span>${cell}</span></div>`)
        .join(''),
    ),
  'a label, its value below': (content) =>
    text(
      content,
      content.rows.flatMap((row) => [
        '',
        ...cellsOf(row).flatMap((cell, column) => [content.labels[column] as string, cell]),
      ]),
    ),
  'the fields of an SDK on one line': (content) =>
    text(
      content,
      content.rows.map((row) => linesOf(content, row).join('; ')),
    ),
  'a table drawn with spaces, a ruler below its head': (content) => {
    const rows = rowsWithHead(content);
    const widths = widthsOf(rows);
    const ruler = widths.map((width) => '-'.repeat(width)).join('  ');
    const [head, ...body] = rows.map((row) => row.map((cell, column) => padded(cell, widths[column] ?? 0)).join('  '));
    return text(content, [head ?? '', ruler, ...body]);
  },
  'a table of spaces whose cells go on over lines, rows parted by empty lines': (content) =>
    text(
      content,
      columnLines(content).flatMap((lines) => [...lines, '']),
    ),
  'a table of spaces whose cells go on over lines, nothing between the rows': (content) =>
    text(content, columnLines(content).flat()),
  'cells parted by more than one space': (content) =>
    text(
      content,
      rowsWithHead(content).map((row) => row.join('   ')),
    ),
  'pages with a head and a number, a table in columns running over them': (content) =>
    paged(text(content, columnLines(content).flat()), content.title),
  'pages of labelled lines that are cut at a width': (content) =>
    paged(
      text(content, [SENTENCES[content.colon] ?? '', ...content.rows.flatMap((row) => linesOf(content, row))])
        .split('\n')
        .flatMap((line) => wrapped(line, 60))
        .join('\n'),
      content.title,
    ),
  'items that are a name and its data in brackets': (content) =>
    text(
      content,
      content.rows.map(({ name, data }) => `• ${name} (${data})`),
    ),
  'items that are a name, its data behind a dash and its purpose in brackets': (content) =>
    text(
      content,
      content.rows.map(({ name, data, purpose }) => `- ${name} — ${data} (${purpose})`),
    ),
  'the whole page on one line': (content) =>
    text(
      content,
      content.rows.flatMap((row) => linesOf(content, row)),
      ' ',
    ),
};
