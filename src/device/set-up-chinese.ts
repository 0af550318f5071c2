import type { SetUpWording } from './set-up-wording.ts';

export const CHINESE: SetUpWording = {
  htmlLanguage: 'zh-CN',
  otherLanguage: { code: 'en', name: 'English' },
  title: '手机设置',
  lead: '在这台手机上做三件事：信任证书、设置代理、看到两盏灯都变绿。',
  checkHeading: '是否就绪',
  checks: {
    proxy: {
      yes: '本机流量已经过 telltale。',
      no: '流量还没有经过 telltale：请设置 WLAN 代理（第 2 步）。',
      waiting: '正在检查流量是否经过 telltale……',
    },
    trust: {
      yes: '本浏览器已信任证书。',
      no: '证书尚未被信任：请安装证书（第 1 步）。',
      waiting: '正在检查证书是否被信任……',
    },
    withoutScript: 'JavaScript 已关闭。请打开[检查页](https://telltale.test/check)：没有警告即表示两项都正常。',
    limits:
      '绿灯只代表本浏览器。Android 7 起多数应用只信任系统证书；应用拒绝证书的连接会记入报告的“未能查看”清单，不会被默默略过。',
  },
  counts: { exchanges: '次请求', sdks: '个 SDK', findings: '处标识符', gaps: '处未能查看' },
  certificateHeading: '1. 信任证书',
  certificateFiles: {
    der: 'Android、鸿蒙用证书（DER,.crt）',
    pem: 'PEM 格式证书',
    android: 'Android 系统证书文件（.0）',
    mobileconfig: 'iPhone、iPad 描述文件（.mobileconfig）',
  },
  fingerprint: '证书的 SHA-256',
  proxyHeading: '2. 设置代理',
  proxyHost: '主机名',
  proxyPort: '端口',
  proxyOthers: '若上面的地址无法连接，可改用同一代理的其他地址：',
  proxyPac: '或选择自动配置（PAC），网址为：',
  stepsHeading: '详细步骤',
  platforms: { android: 'Android', ios: 'iPhone 和 iPad', harmonyos: '鸿蒙 HarmonyOS' },
  steps: {
    android: [
      {
        heading: '所有 Android：证书与代理',
        steps: [
          '若未设置锁屏密码，请先设置：安装证书时系统会要求。',
          '下载[证书](/ca.crt)。',
          'Android 11 及以上：设置 → 安全 → 加密与凭据 → 安装证书 → *CA 证书* → 仍然安装，然后选择该文件。Android 10 及以下：直接打开下载的文件，用途选“VPN 和应用”。',
          '设置 → WLAN → 当前网络 → 编辑 → 高级选项 → 代理：*手动*，主机名 `{host}`，端口 `{port}`。“不使用代理的网址”留空。',
        ],
        commands: [],
      },
      {
        heading: 'Android 6 及以下：到此为止',
        steps: ['应用信任用户安装的证书。'],
        commands: [],
      },
      {
        heading: 'Android 7 及以上、未 root：哪些应用能看到内容',
        steps: [
          '浏览器、调试版应用，以及网络安全配置中信任用户证书的应用，可以直接查看。',
          '自家应用：在测试包中用下面的 `res/xml/network_security_config.xml` 信任用户证书。',
          '其他应用会拒绝证书，每次拒绝都会作为“未能查看”写入报告。要查看它们，请使用已 root 的手机或模拟器（见下）。',
        ],
        commands: [
          '<network-security-config><base-config><trust-anchors><certificates src="system"/><certificates src="user"/></trust-anchors></base-config></network-security-config>',
        ],
      },
      {
        heading: '已 root 的手机，或不带 Google Play 的模拟器（任何版本，含 14 及以上）：写入系统证书，重启后失效',
        steps: [
          '在装有 adb 的电脑上执行，手机已连接。没有 `su` 时（模拟器）：先执行 `adb root`，并去掉命令末尾的 `su`。',
          '脚本用一份多出一个文件的副本覆盖系统证书目录；Android 14 及以上还会在 Conscrypt APEX 中为 zygote 和运行中的应用做同样的处理。重启手机即可还原。',
        ],
        commands: ['curl -s http://{address}/android-system.sh | adb shell su'],
      },
      {
        heading: 'Magisk 或 KernelSU：长期写入系统证书',
        steps: [
          '先按上文安装为用户证书，再安装把用户证书复制到系统证书的模块，例如 AlwaysTrustUserCerts（Android 7 至 16），然后重启。',
        ],
        commands: [],
      },
      {
        heading: 'Android 13 及以下、系统分区可写',
        steps: ['下载 [{hash}.0](/{hash}.0) 并放入系统证书目录；Android 按这个文件名查找证书。'],
        commands: [
          'adb root && adb remount',
          'adb push {hash}.0 /system/etc/security/cacerts/',
          'adb shell chmod 644 /system/etc/security/cacerts/{hash}.0',
          'adb reboot',
        ],
      },
    ],
    ios: [
      {
        heading: '证书、信任、代理',
        steps: [
          '在 *Safari* 中打开[描述文件](/telltale.mobileconfig)并允许下载。',
          '设置 → *已下载描述文件*（或 通用 → VPN 与设备管理）→ telltale → 安装。',
          '设置 → 通用 → 关于本机 → *证书信任设置* → 对 telltale 证书启用完全信任。缺少这一步（iOS 10.3 及以上）将看不到任何内容。',
          '设置 → 无线局域网 → 当前网络旁的 (i) → 配置代理 → *手动*：服务器 `{host}`，端口 `{port}`。',
        ],
        commands: [],
      },
    ],
    harmonyos: [
      {
        heading: 'HarmonyOS 5 及以上',
        steps: [
          '下载[证书](/ca.crt)，在“文件管理”中可以找到。',
          '设置 → 隐私和安全 → 高级 → 证书与凭据 → 从存储设备安装 → *CA 证书*，然后选择该文件。（路径不同时，可在设置中搜索“证书”。）',
          '设置 → WLAN → 当前网络 → 代理：*手动*，主机名 `{host}`，端口 `{port}`。',
          '使用系统 Network Kit 的应用默认信任用户证书，除非另有配置；自带网络库的应用则不一定。',
        ],
        commands: [],
      },
      {
        heading: 'HarmonyOS 2 至 4（可运行 Android 应用）',
        steps: [
          '下载[证书](/ca.crt)；设置 → 安全 → 更多安全设置 → 加密和凭据 → 从存储设备安装 → *CA 证书*。',
          '设置 → WLAN → 长按当前网络 → 修改网络 → 显示高级选项 → 代理：*手动*，主机名 `{host}`，端口 `{port}`。',
          '与 Android 规则相同：多数应用不信任用户证书。',
        ],
        commands: [],
      },
    ],
  },
  marksHeading: '3. 标记你在应用中的操作',
  marksLead: '报告会区分同意之前与之后发送的数据，请在操作发生的当时按下按钮。',
  marks: {
    consent: '已点同意',
    refused: '已点拒绝',
    foreground: '应用切到前台',
    background: '应用切到后台',
    note: '添加备注',
  },
  noteLabel: '备注（按其他按钮时可不填）',
  markSet: '已标记：{mark}',
  markFailed: '未能标记。请刷新页面后再按一次。',
  afterHeading: '测试结束后',
  after: [
    '把 WLAN 代理改回*无*；只要还指向这里，telltale 停止后手机就无法上网。',
    '删除证书（Android：用户证书；iPhone：描述文件）。',
  ],
  qrHeading: '在另一台手机上打开本页',
};
