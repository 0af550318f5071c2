import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { POLICY_BYTES_MAX, readPolicy } from '../../src/declare/read-policy.ts';
import { loadTaxonomy } from '../../src/signatures/data-types.ts';

const taxonomy = loadTaxonomy({ extraFolder: null });
const read = (text: string | Uint8Array) =>
  readPolicy(typeof text === 'string' ? Buffer.from(text) : text, { name: 'policy.txt', taxonomy });

const POLICY =
  '栗子记账隐私政策\n更新日期：2023年5月4日\n一、收集信息\n我们会收集您的手机号码、IMEI。\n二、第三方SDK\nSDK名称：友盟SDK\n收集信息：设备型号、OAID\n';

describe('readPolicy', () => {
  it.each([
    ['UTF-8', Buffer.from(POLICY)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${POLICY}`)],
    ['UTF-16 with a mark', iconv.encode(POLICY, 'utf-16le', { addBOM: true })],
    ['UTF-16 big-endian with a mark', iconv.encode(POLICY, 'utf-16be', { addBOM: true })],
    ['UTF-16 without a mark', iconv.encode(POLICY, 'utf-16le', { addBOM: false })],
    ['GBK', iconv.encode(POLICY, 'gbk')],
    ['GB 18030', iconv.encode(POLICY, 'gb18030')],
    ['UTF-8 cut inside its last character', Buffer.from(`${POLICY}共享`).subarray(0, -1)],
    [
      'UTF-16 without a mark and without ASCII',
      iconv.encode(POLICY.replace(/\n/g, '。\u2028'), 'utf-16le', { addBOM: false }),
    ],
    ['Windows line ends', Buffer.from(POLICY.replace(/\n/g, '\r\n'))],
    ['line ends of old Macs', Buffer.from(POLICY.replace(/\n/g, '\r'))],
    ['line ends of Unicode', Buffer.from(POLICY.replace(/\n/g, '\u2028'))],
    ['signs without width', Buffer.from(POLICY.replace(/(?<=[友设])/g, '\u200b'))],
    ['spaces of another width', Buffer.from(POLICY.replace(/、/g, '\u00a0、\u2003'))],
  ])('reads %s', (_, bytes) => {
    const declaration = read(bytes);
    expect(declaration.app).toBe('栗子记账');
    expect(declaration.updated).toBe('2023-05-04');
    expect(declaration.first_party.map((one) => one.data_type)).toEqual(['phone_number', 'imei']);
    expect(declaration.sdks).toMatchObject([
      { name: '友盟SDK', data_types: ['device_model', 'oaid'], signature: null },
    ]);
  });

  it.each([
    [
      'an HTML table',
      '<table><tr><th>SDK名称</th><th>用途</th><th>收集信息</th></tr><tr><td>NAME</td><td>统计</td><td>IMEI</td></tr></table>',
    ],
    [
      'a table that spaces part',
      'SDK名称 使用目的 收集信息 链接\nNAME 用于统计 IMEI https://a.example/p\n晨星SDK 用于推送 OAID https://b.example/p',
    ],
    ['a table of a cell a line', 'SDK名称\n使用目的\n收集信息\nNAME\n用于统计\nIMEI\n晨星SDK\n用于推送\nOAID'],
  ])('keeps a name with signs as it is in %s', (_, table) => {
    const name = "=cmd|' /C calc'!A0 SDK";
    const [sdk] = read(`某某应用隐私政策\n二、第三方SDK\n${table.replace('NAME', name)}\n`).sdks;
    expect(sdk).toMatchObject({ name, data_types: ['imei'] });
  });

  it('reads English whose spaces do not break, and quotes it as written', () => {
    const text = 'Privacy Policy\nWe collect your email address and your device model.\n'.replaceAll(' ', '\u00a0');
    for (const source of [text, `<html><body><p>${text}</p></body></html>`]) {
      const own = read(source).first_party;
      expect(own.map((one) => one.data_type)).toEqual(['email', 'device_model']);
      expect(
        own.map((one) => one.quote).filter((quote) => !source.includes(quote) || !/email.*model/.test(quote)),
      ).toEqual([]);
    }
  });

  it('reads Big5', () => {
    const text = '私隱政策\n我們會收集您的手機號碼及電郵地址。\n我們使用您的資料提供服務，並會保護您的個人資料。';
    expect(read(iconv.encode(text, 'big5')).first_party.map((one) => one.data_type)).toEqual(['phone_number', 'email']);
  });

  it.each([
    ['nothing', '', 'it is empty|the file is empty'],
    ['white space', ' \n\t\n ', 'it has no words'],
    ['a shopping list', 'Two eggs\nMilk\nA loaf of bread', 'never speaks of personal information'],
    ['HTML without words', '<html><body><script>var a = "隐私";</script></body></html>', 'it has no words'],
  ])('refuses %s in one line', (_, text, reason) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code: 'policy-empty', message: expect.stringMatching(reason) }),
    );
  });

  it.each([
    [
      'a picture',
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 1, 0]),
    ],
    [
      'random bytes',
      Buffer.from(Array.from({ length: 4_000 }, (_, index) => (index * 7919 + (index >> 3) * 104729) % 256)),
    ],
    ['more than a policy can be', Buffer.alloc(POLICY_BYTES_MAX + 1, '隐私 ')],
  ])('refuses %s in one line', (_, bytes) => {
    expect(() => read(bytes)).toThrow(expect.objectContaining({ code: 'input-invalid' }));
  });

  it.each([
    ['open brackets', `${'（'.repeat(100_000)}隐私`],
    ['names without an end', `隐私${'IMEI'.repeat(50_000)}`],
    ['bars', `隐私\n${'|a'.repeat(50_000)}\n${'|b'.repeat(50_000)}`],
    ['labels without an end', 'SDK名称：a 功能：b 收集信息：IMEI '.repeat(4_000)],
    ['heads without rows', 'SDK名称\n功能\n收集信息\n'.repeat(3_000)],
    ['nested elements', `<html><body>${'<div>'.repeat(5_000)}隐私${'</div>'.repeat(5_000)}</body></html>`],
    ['lines of one endless paragraph', `privacy ${'Word '.repeat(14)}\n`.repeat(10_000)],
    ['lines that begin as lists of SDKs do', `隐私\n${'1. 某某组件，Agent，涉及面部信息\n'.repeat(10_000)}`],
    ['names far apart', `隐私\n${`甲乙SDK${' '.repeat(4_000)}x`.repeat(20)}`],
    ['links without an end', `隐私${'['.repeat(100_000)}`],
  ])('gets through %s', (_, text) => {
    expect(Array.isArray(read(text).sdks)).toBe(true);
  });
});

describe('what an SDK is said to collect', () => {
  const dataOf = (value: string) => read(`隐私政策\nSDK名称：某某SDK\n使用目的：测试\n收集信息：${value}\n`).sdks[0];

  it.each([
    // as written                                       data types                                             generic
    ['设备信息（IMEI、MAC地址）', ['device_info', 'imei', 'mac_address'], ['device_info']],
    ['IDFVOAIDIMEIMEIDIMSI', ['idfv', 'oaid', 'imei', 'meid', 'imsi'], []],
    ['BSSIDSSID', ['bssid', 'ssid'], []],
    ['IMEISerial NumberIMSIUser IDAndroid   ID', ['imei', 'serial_number', 'imsi', 'user_id', 'android_id'], []],
    ['AndroidIMEIAndroid IDSerialiOSIDFV', ['imei', 'android_id', 'serial_number', 'idfv'], []],
    ['手机序列号SNBuild.Serial', ['serial_number'], []],
    ['路由器MAC地址、蓝牙MAC地址', ['bssid', 'bluetooth_mac'], []],
    ['操作系统、操作系统版本', ['os_type', 'os_version'], []],
    ['位置信息', ['location'], ['location']],
    ['经纬度、所在城市', ['location_precise', 'location_coarse'], []],
    ['网络/语言等状态', ['network_info', 'language'], ['network_info']],
    ['相册/相机权限、网络权限', ['photo_album', 'camera', 'network_permission'], []],
    ['IMEI（用于识别设备状态）、OAID', ['imei', 'oaid'], []],
    ['设备型号，不收集IMEI、MAC地址', ['device_model'], []],
    ['无', [], []],
    ['不涉及个人信息', [], []],
    ['未收集', [], []],
    [
      'device model, OS version and advertising ID',
      ['device_model', 'os_version', 'advertising_id'],
      ['advertising_id'],
    ],
    ['does not collect personal data', [], []],
    ['裝置識別碼、IP位址', ['device_identifier', 'ip_address'], ['device_identifier']],
    ['ＩＭＥＩ、ＯＡＩＤ', ['imei', 'oaid'], []],
    ['a macro and a snack', [], []],
  ])('%s', (value, types, umbrella) => {
    expect(dataOf(value)).toMatchObject({ data_types: types, umbrella, data_text: value });
  });
});

describe('what the app itself collects', () => {
  it.each([
    ['我们会收集您的IMEI。', ['imei']],
    ['我们不会收集您的IMEI。', []],
    ['我们承诺不收集人脸信息，包括人脸照片、指纹。', []],
    ['为了识别您的手机号码，我们会收集IMEI。', ['imei']],
    ['我们会读取短信以识别您的账单。', ['sms']],
    ['当您使用位置分享时，您可以选择开启。', []],
    ['个人信息是指姓名、身份证号码等信息。', []],
    ['第三方可能会收集您的位置信息。', []],
    ['您需要提供姓名、性别和出生日期。', ['real_name', 'gender', 'birthday']],
    ['We collect your email address to provide customer support for your phone number.', ['email']],
    ['We do not collect your contacts.', []],
    ['个人信息包括姓名、出生日期、身份证件号码等。', []],
    ['我们会收集用于接入服务的或用于统计的程序信息、您的IP地址、IMSI。', ['app_info', 'ip_address', 'imsi']],
    ['您的通话可能会被录音。', ['voice']],
    ['订购商品时，海关要求提供姓名和身份证号码。', ['real_name', 'id_card']],
    ['我們會要求閣下提供流動電話號碼。', ['phone_number']],
    ['Our servers record your IP address and device model.', ['ip_address', 'device_model']],
    ['We receive the order number, never your card number.', ['order_info']],
    ['We may require you to provide us with your name, height and weight.', ['real_name', 'body_info']],
    ['When you sign up, you need to provide your mobile phone number.', ['phone_number']],
    ['您的基本身份信息，可能包括姓名、出生日期；', ['real_name', 'birthday']],
    ['我们会收集AndriodID。', ['android_id']],
    ['我们会收集您的精确位置信息用于附近门店推荐。', ['location_precise']],
    ['我们会将收集的位置信息用于附近门店推荐。', []],
    ['您可以完善相关的个人资料（头像、昵称）。', ['account', 'avatar', 'nickname']],
    ['我们会了解您设备安装的应用信息，以预防病毒。', ['installed_apps']],
    ['我们会请求您授权摄像头、相册（视频）。', ['camera', 'photo_album', 'audio_video']],
    ['我们会收集您的存储及电话权限。', ['storage', 'phone_state']],
    ['我们将手机号码发送至运营商，我们与运营商的合作会处理该信息。', []],
    [
      'We collect: IP address; country code; battery level. They may also collect your name. Firebase collects your email address.',
      ['ip_address', 'country_code', 'battery'],
    ],
    [
      'This software may record information such as how often you use the app and where the app was downloaded from.',
      ['usage_log', 'app_source'],
    ],
    ['I collect your location; I do not collect your name.', ['location']],
  ])('%s', (sentence, types) => {
    const { first_party: own } = read(`隐私政策 privacy policy\n${sentence}\n`);
    expect(own.map((one) => one.data_type)).toEqual(types);
  });

  it.each([
    ['一、设备权限\n相机：用于扫码\n麦克风：用于通话\n', ['camera', 'microphone']],
    ['一、设备权限\n（1）通讯录：用于备份通话记录、上传照片。\n', ['contacts']],
    [
      '一、我们收集的信息\n（1）基于相机（摄像头）的附加功能：您可以扫码。\n（2）基于存储的功能\n',
      ['camera', 'storage'],
    ],
    ['二、系统权限\n我们不收集信息。\n', []],
    [
      '我们可能收集的个人信息包括但不限于：\n* **设备信息**：手机型号、CPU类型\n* **网络信息**：网络类型。\n',
      ['device_info', 'device_model', 'cpu_info', 'network_info', 'network_type'],
    ],
    [
      '一、您提供给我们的信息\n\\- 姓名和电子邮箱\n\\- 玩家的昵称与密码\n',
      ['real_name', 'email', 'nickname', 'password'],
    ],
    ['三、第三方SDK与信息收集\n3.1 我们可能收集您的设备型号。\n3.2 这些SDK会收集您的位置信息。\n', ['device_model']],
    ['**一、 定义**\n个人信息：包括姓名。\n**二、 隐私协议**\n我们会收集您的手机号码。\n', ['phone_number']],
  ])('%j', (text, types) => {
    const { first_party: own } = read(`隐私政策\n${text}`);
    expect(own.map((one) => one.data_type)).toEqual(types);
  });

  it.each(['您的权利', '信息安全', '如何联系我们', '未成年人保护', '名词解释', '无需征得您同意的例外'])(
    'says nothing in the section %s',
    (title) => {
      expect(read(`隐私政策\n一、${title}\n我们会收集您的手机号码。\n`).first_party).toEqual([]);
    },
  );

  it('counts below a heading of something else when all of it stands there', () => {
    const data = ['手机号码', '昵称', '收货地址', '设备型号'];
    const policy = (title: string) =>
      `隐私政策\n一、${title}\n${data.map((one) => `我们会收集您的${one}。\n`).join('')}`;
    const types = (title: string) => read(policy(title)).first_party.map((one) => one.data_type);
    expect(types('如何联系我们')).toEqual(['phone_number', 'nickname', 'address', 'device_model']);
    expect(types('名词解释')).toEqual([]);
  });
});

describe('where data are kept', () => {
  it.each([
    ['您的个人信息将存储于中华人民共和国境内。', true, null],
    ['您的信息存储在境内，如需跨境传输，我们会单独征得您的同意。', true, 'with_consent'],
    ['我们在中国境内存储信息。我们不会向境外传输您的个人信息。', true, 'none'],
    ['Your information is stored on servers located in the United States.', false, 'yes'],
    ['We keep your data safe.', null, null],
    ['我们在北京、新加坡和德国设有数据中心，可能使用海外设施处理您的个人信息。', false, 'yes'],
  ])('%s', (text, mainlandOnly, crossBorder) => {
    const { storage } = read(`隐私政策 privacy policy\n${text}\n`);
    expect(storage).toMatchObject({ mainland_only: mainlandOnly, cross_border: crossBorder });
  });
});

describe('when it was last changed', () => {
  it.each([
    ['更新日期：2022年10月', '2022-10'],
    ['更新时间:20240511', '2024-05-11'],
    ['更新日期：【2023】年【10】月【1】日', '2023-10-01'],
    ['Last updated: March 3, 2023', '2023-03-03'],
    ['Effective date: 10 January 2022', '2022-01-10'],
    ['版本更新于2021-2-28', '2021-02-28'],
    ['版本更新于2021-2-30', null],
    ['更新日期：2023年13月1日', null],
  ])('%s', (line, updated) => {
    expect(read(`隐私政策 privacy policy\n${line}\n`).updated).toBe(updated);
  });
});

describe('how long data are kept', () => {
  it.each([
    [
      '我们会保存您上传的图片以便展示。\n我们仅在所必需的最短期限内保留您的个人信息。',
      '我们仅在所必需的最短期限内保留您的个人信息。',
    ],
    [
      '我们会告知您收集的目的、方式、范围和保存期限。\n一、信息的存储\n日志保存六个月后删除，您无须操作。',
      '日志保存六个月后删除，您无须操作。',
    ],
    [
      'We keep your personal data for 12 months after you close your account.',
      'We keep your personal data for 12 months after you close your account.',
    ],
    ['我们会收集您的昵称。', null],
  ])('%s', (text, quote) => {
    expect(read(`隐私政策 privacy policy\n${text}\n`).retention.quote).toBe(quote);
  });
});

describe('what is said about children', () => {
  it.each([
    [
      '一、我们如何保护未成年人\n我们非常重视未成年人的个人信息。\n若您未满十四周岁，应由监护人同意后使用本服务。',
      '若您未满十四周岁，应由监护人同意后使用本服务。',
    ],
    [
      'We do not knowingly collect data from children under 13.',
      'We do not knowingly collect data from children under 13.',
    ],
    ['一、未成年人保护\n我们对未成年人的信息从严保管，另有专门规则。', '我们对未成年人的信息从严保管，另有专门规则。'],
    ['我们会收集您的昵称。', null],
  ])('%s', (text, quote) => {
    expect(read(`隐私政策 privacy policy\n${text}\n`).children?.quote).toBe(quote);
  });
});

describe('what is no SDK', () => {
  it.each([
    '一、第三方SDK\n1. 我们会审查所有接入的第三方SDK：确保其收集信息合法。\n',
    '一、第三方SDK\n传感器类型\t中文名\t应用场景\t接收方\nSTEP\t计步传感器\t记录步数\t栗子\nGYRO\t陀螺仪\t记录动作\t栗子\nMAG\t磁力计\t记录方位\t栗子\n',
    '一、第三方SDK\n如果您不同意第三方SDK收集信息，请停止使用。\n这类SDK会收集您的设备信息。\n',
  ])('%j', (text) => {
    expect(read(`隐私政策\n${text}`).sdks).toEqual([]);
  });

  it('ends a name where its sentence closes a bracket', () => {
    expect(read('隐私政策\n（我们接入了云雀地图SDK），会收集您的位置信息。\n').sdks.map(({ name }) => name)).toEqual([
      '云雀地图SDK',
    ]);
  });

  it('follows a list whose names are words for data, however far up it was announced', () => {
    const block = (name: string, at: number) =>
      `（${at + 1}）${name}\n使用数据：相册\n使用目的：播放\n官网链接：https://example.com/${at}\n`;
    const names = ['dio', 'camera', 'video_player', 'audio', 'screen'];
    const { sdks } = read(`隐私政策\n五、其他\n我们对接入的开源第三方SDK列举如下：\n${names.map(block).join('')}`);
    expect(sdks.map(({ name, data_types }) => [name, data_types])).toEqual(
      names.map((name) => [name, ['photo_album']]),
    );
  });

  it('reads data over several items', () => {
    const { sdks } = read(
      '隐私政策\n一、第三方SDK\n1、云雀统计SDK\n使用目的：统计\n收集的个人信息包括：\n①IP地址、设备型号；\n②根据您对统计选项的要求，收集的信息可能还包括：性别、年龄。\n',
    );
    expect(sdks.map(({ data_types }) => data_types)).toEqual([['ip_address', 'device_model', 'gender', 'age']]);
  });

  it.each([
    ['SDK名称：数据统计SDK\n包名：com.example.stats\n收集信息：IMEI\n', 'com.example.stats'],
    ['SDK名称 | 包名 | 收集信息\n数据统计SDK | com.example.stats | IMEI\n', 'com.example.stats'],
    ['SDK名称：数据统计SDK\n联系邮箱：a@com.example.stats\n收集信息：IMEI\n', null],
    ['SDK名称：数据统计SDK\n收集信息：IMEI\n', null],
  ])('gives the package name of %j', (entry, name) => {
    expect(read(`隐私政策\n一、第三方SDK\n${entry}`).sdks).toMatchObject([{ name: '数据统计SDK', package: name }]);
  });

  it('takes the title above a remark and the fields below it for one SDK', () => {
    const { sdks } = read(
      '隐私政策\n一、第三方SDK\n云雀广告SDK（旧名：云雀联盟SDK）\n由此SDK引入：云雀工具SDK\n使用目的：广告\n数据类型：OAID\n',
    );
    expect(sdks.map(({ name, data_types }) => [name, data_types])).toEqual([
      ['云雀广告SDK（旧名：云雀联盟SDK）', ['oaid']],
    ]);
  });
});

describe('files made to be slow or to break the reader', () => {
  const start = '隐私政策 第三方SDK 收集信息\n';

  it.each([
    ['a table of 130,000 rows', `${start}${'a | b |\n'.repeat(130_000)}`],
    ['rows whose cells never come out even', `${start}${'a | b | c |\nd | e |\n'.repeat(20_000)}`],
    ['lone pipes', `${start}${'|\n'.repeat(100_000)}`],
    ['open brackets', `${start}${'（'.repeat(200_000)}`],
    ['numbers of sections', `${start}${'1.1.1.1.'.repeat(50_000)}`],
    [
      'a wide, merged table',
      `<html><body><p>${start}</p><table><tr>${'<td colspan="1000" rowspan="1000">x</td>'.repeat(100)}</tr>${'<tr><td>y</td></tr>'.repeat(500)}</table>`,
    ],
    ['tables inside tables', `<html><body><p>${start}</p>${'<table><tr><td>'.repeat(2_000)}x`],
    [
      'sentences that name SDKs without end',
      `${start}${'1、某某SDK收集您的IMEI\n2、当您使用时，某某会收集您的位置\n'.repeat(8_000)}`,
    ],
    ['a list of names without end', `${start}${'我们接入了甲SDK、乙云SDK、QQ分享、'.repeat(20_000)}`],
    [
      'words of a table without end',
      `${start}第三方名称 使用目的 收集信息 隐私政策\n${'甲 乙、IMEI 用于丙 https://a.example/b '.repeat(9_000)}`,
    ],
    ['heads of tables without end', `${start}${'第三方名称 使用目的 收集信息 隐私政策\n甲 乙\n'.repeat(9_000)}`],
    ['heads run together without end', `${start}${'第三方名称使用目的收集信息隐私政策'.repeat(9_000)}`],
    [
      'cells without end',
      `${start}SDK名称\n公司\n使用目的\n收集信息\n隐私链接\n${'某某SDK\n某公司\n推送\nIMEI\nhttps://a.example/c\n'.repeat(2_000)}`,
    ],
    ['one line of a megabyte', start.trim() + '、设备信息IMEI，某某SDK'.repeat(30_000)],
    ['nothing but tabs', `${start}${`${'\t'.repeat(500)}\n`.repeat(200)}`],
    ['pages without words', `${start}${'\f\n'.repeat(100_000)}`],
    ['a ruler that is none', `${start}SDK名称   公司名称   收集的信息   使用目的\n${'-'.repeat(50_000)}x\n`],
    ['a cell of bars', `${start}我们会收集您的IMEI${'|'.repeat(100_000)}x\n`],
    ['elements that do not end', `${start}${'<p '.repeat(50_000)}`],
    ['struck text that does not end', `${start}${'<del>a '.repeat(50_000)}${'~~a '.repeat(50_000)}`],
    ['titles that do not end', `<html>${start}${'<title '.repeat(50_000)}`],
    ['names that spaces follow', `${start}1. Acme${' '.repeat(100_000)}x\n2. Beta${' '.repeat(100_000)}x\n`],
    ['labels that spaces follow', `${start}SDK name: Acme; Data: IMEI; Purpose: push${' '.repeat(100_000)}x\n`],
    ['addresses without end', `${start}${`${'http://'.repeat(20_000)} a\n`.repeat(5)}`],
    [
      'permissions without end',
      `${start}| SDK名称 | 公司 | 收集的信息 |\n|---|---|---|\n| 某SDK | ${'权限   '.repeat(100)}x | ${'权限。。。。'.repeat(100)}x |\n`,
    ],
  ])('%s', (_, text) => {
    expect(read(text).app).toBe(null);
  });
});

describe('services that English prose names', () => {
  it.each([
    ['You can connect to third-party services such as Facebook or Google.', []],
    ['We receive data from third parties, such as Google and Apple.', []],
    ['WE ARE NOT LIABLE FOR THIRD PARTIES, INCLUDING OTHER USERS OF THE SITE.', []],
    ['We comply with standards of providers, including the European Commission.', []],
    ['Payments are processed by app stores such as Google Play or the App Store.', []],
    ['This website uses Google Analytics, a service by Google LLC.', ['Google Analytics']],
    [
      'We engage offer-walls and mediators, including, but not limited to, Tapjoy and ironSource.',
      ['Tapjoy', 'ironSource'],
    ],
    ['Our providers (e.g., Finch Cloud, Larkvale) receive it.', ['Finch Cloud', 'Larkvale']],
    ['Lark for Android: Firebase, AppsFlyer* and Finch Kit.', ['Firebase', 'AppsFlyer', 'Finch Kit']],
    ['Our offices: Berlin, Paris and Rome.', []],
    ['Finch Trail is operated by Finch Ltd.', []],
    ['Finch Trail is a web analytics service offered by Finch Ltd.', ['Finch Trail']],
    ['The app includes SDKs. An advertising SDK collects your IP address.', []],
    [
      'Link to privacy policy of third party service providers used by the app Google Play Services AdMob Log Data We log.',
      ['Google Play Services', 'AdMob'],
    ],
  ])('%s', (sentence, names) => {
    expect(read(`Privacy Policy\n${sentence}\n`).sdks.map((one) => one.name)).toEqual(names);
  });
});
