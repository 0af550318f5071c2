/** A certificate authority made for the tests with openssl; its key was thrown away. */
export const certificatePem = `-----BEGIN CERTIFICATE-----
MIIDPTCCAiWgAwIBAgIUW/d7QAXDW06cwcu0veIWQQWpjTQwDQYJKoZIhvcNAQEL
BQAwLjERMA8GA1UECgwIdGVsbHRhbGUxGTAXBgNVBAMMEHRlbGx0YWxlIENBIHRl
c3QwHhcNMjYxMTIxMjIyNTUyWhcNMzYxMTE4MjIyNTUyWjAuMREwDwYDVQQKDAh0
ZWxsdGFsZTEZMBcGA1UEAwwQdGVsbHRhbGUgQ0EgdGVzdDCCASIwDQYJKoZIhvcN
AQEBBQADggEPADCCAQoCggEBAJUfww9d2ywyZ5/qNa9/p6EH5nBhWh5Z6M8IFTT2
yTBvyDwZDLRYqKNhuciC8p9UicWwW3CJNYekQ4cG/i4pQTm2qixXwoc2uFBFim6/
L6jIDmMPqpR0lhvO8foqdpDCxSoxZqsdLrONWEQ1J9S7T0BoOA9HbvuInqm91yD5
nCovSUE4x87akDIYJLtWETICfTpCjwzfV91hB7rwTkN5+K29tTFn+yK/3qul0aAm
4yFBskOvgkQ6XkjpEsmi5rJo+J1A5oOIQf57NYuEKVFy5wA676CetWOedZ68XW3X
qne/R+J8A3I3LjsYyVh1lHT1Z2WVJw0Kr+qOZBk4jsXCCu8CAwEAAaNTMFEwHQYD
VR0OBBYEFCBtJMtZTkA6/Hv42Zhah4bv9u3EMB8GA1UdIwQYMBaAFCBtJMtZTkA6
/Hv42Zhah4bv9u3EMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADggEB
AI0Xl9CY35ln/2a2IOBUI9qP6FfupkmzE2xpCJ+RhzcWWtdpznxWUHp6OQU9RoBa
l4iX9ruYxNSLFjFoeX98BnBJpRUuNUmBxcJK5umvl+5Uu6L5C/Fcw9gBe/6pmXe1
KKUkB2ZD7PFUl6rA++zCTpYhbG0FJtB0jQpWiOkG/1QDjVXsXOa92Xjy6FflDeNS
K7FEpOIz9WgFZQnmrxs/Tp/ASdK6GCupRHBTwo7bjSxmcRxdVTlLhryZ6ucBTLck
M9MK9jgZqH3+z9dnsa9bTegeb9ytAdVPQg1rdxnOONZ+b+CsKojVCWkQJoryFesF
CQ+cvatutcePQh0dDeMACfI=
-----END CERTIFICATE-----
`;

/** What `openssl x509 -subject_hash_old` prints for it. */
export const subjectHashOld = '20fe38ca';

/** What `openssl x509 -fingerprint -sha256` prints for it. */
export const sha256Fingerprint =
  '4B:79:9A:FF:69:BC:EF:F6:37:D6:E7:B8:57:16:A9:42:F0:2F:BC:24:BF:FC:B4:25:72:DF:F7:01:F1:AE:2A:F9';

export const certificateDer: Uint8Array = Buffer.from(certificatePem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
