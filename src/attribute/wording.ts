import type { Vendor } from '../model/signature.ts';

/** Width, case and spacing do not tell names apart: `Youmeng SDK (com. umeng)` → `youmeng sdk (com.umeng)`. */
export function fold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s*\.\s*(?=[a-z])/g, '.')
    .replace(/\s+/g, ' ')
    .replace(/(?<=\p{Script=Han}) | (?=\p{Script=Han})/gu, '')
    .trim();
}

/** What is left of a folded name without its padding and spaces. */
export function core(folded: string): string {
  return folded.replace(PADDING, ' ').replace(/\s+/g, '');
}

/** What names of SDKs are padded with; taken off before whole names are compared. */
const PADDING =
  /(?:sdk|kit|api|开放平台|第三方|软件开发工具包|开发工具包|服务供应商|服务商|供应商|组件|插件|服务|功能|模块|平台|官方|系列|安卓版|android版?|ios版?|[()（）【】[\]《》“”"':：、,，.。;；/\\|+*_-])+/g;

/** Legal and geographic padding of company names. */
const COMPANY_PADDING =
  /(?:深圳市|深圳|北京市?|上海市?|广州市?|杭州市?|浙江|广东|江苏|珠海市?|武汉市?|江西|中国|股份|有限|责任|公司|集团|控股|科技|技术|网络|信息|软件|计算机|系统|数字|通信|通讯|移动|inc|ltd|llc|co|corp|corporation|limited|gmbh|technology|technologies|[(),.（）\s])+/g;

/** What is left of a company's name without what all companies are called. */
export function companyCore(name: string): string {
  return fold(name).replace(COMPANY_PADDING, '');
}

/** What is left of the companies of a vendor; its name may be several: `A有限公司 / B有限公司`. */
export function companiesOf({ name, group = null, also = [] }: Vendor): string[] {
  return [...name.split('/'), ...(group ?? '').split('/'), ...also].map(companyCore).filter((core) => core !== '');
}
