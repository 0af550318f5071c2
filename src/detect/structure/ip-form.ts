/** An IPv4 or IPv6 address that tells something: neither unspecified nor loopback. */
export function isIP(text: string): boolean {
  if (text.includes(':')) return isIPv6(text) && !/^(?:::|::1|0(?::0){6}:[01])$/.test(text);
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255))
    return false;
  return parts[0] !== '0' && parts[0] !== '127' && text !== '255.255.255.255';
}

function isIPv6(text: string): boolean {
  const address = text.replace(/%\w+$/, '');
  if (!/^[0-9a-f:.]{3,45}$/i.test(address) || address.split('::').length > 2) return false;
  const groups = address.split(':').filter((group) => group !== '');
  const fits = groups.every(
    (group, i) => /^[0-9a-f]{1,4}$/i.test(group) || (i === groups.length - 1 && group.includes('.')),
  );
  return fits && (groups.length === 8 || (address.includes('::') && groups.length < 8));
}
